"""A realistic growth, and variants of it, for the report's tests."""

import math
import random

from journeyman.records import Action, Flag, Verdict
from journeyman.records.growth import (
    Adopted,
    Attempt,
    AttemptTurn,
    CheatRow,
    Costs,
    Growth,
    LedgerRow,
    Part,
    Practice,
    Proof,
    Round,
    Split,
    StageCost,
    Threats,
    WeightChange,
)
from journeyman.records.score import (
    Comparison,
    Estimate,
    Exam,
    Funnel,
    HistoryScore,
    PolicyResult,
    Score,
    effect_of,
)

CAP = 20
POLICIES = (
    ("uniform", "uniform", "picks among the candidate edits by lot", 0.10),
    ("ochiai", "ochiai", "tries first the lines that failing tests run most exclusively", 0.19),
    ("apprentice before practice", "before", "the apprentice with its starting weights", 0.20),
    ("apprentice after practice", "after", "the same, with the weights it learnt", 0.34),
)


def around(value, room, low=0.0, high=math.inf):
    return Estimate(value=value, low=max(low, value - room), high=min(high, value + room))


def result(policy, role, about, chance, tasks=64):
    fixed = tuple(round(tasks * 0.95 * (1 - (1 - chance) ** run)) / tasks for run in range(1, 21))
    runs = 1 + sum(1 - share for share in fixed[:-1])

    def score(count, harder):
        return Score(
            tasks=count,
            first_try_rate=around(fixed[0] * (1 - harder), 0.1, 0, 1),
            solved_rate=around(fixed[-1] * (1 - harder / 3), 0.07, 0, 1),
            test_runs=around(runs * (1 + harder), 1.4, 1, CAP),
        )

    solved = round(fixed[-1] * tasks)
    return PolicyResult(
        policy=policy,
        role=role,
        about=about,
        score=score(tasks, 0.0),
        quiet=score(tasks // 3, 0.35),
        fixed_within=fixed,
        funnel=Funnel(tasks=tasks, file_seen=63, line_seen=min(61, solved + 3), fixed=solved),
    )


def comparison(difference=(-1.9, -2.9, -0.8), p_value=0.0004, **changes):
    value, low, high = difference
    estimate = Estimate(value=value, low=low, high=high)
    practised = changes.get("baseline", "before") == "before"
    return Comparison(
        **{
            "baseline": "before",
            "candidate": "after",
            "difference": estimate,
            "p_value": p_value,
            "test": "paired sign-flip permutation test",
            "tasks": 64,
            "clusters": 31,
            "resamples": 10_000,
            "effect": effect_of(estimate, p_value, practised),
            **changes,
        }
    )


def exam(main=None):
    policies = tuple(result(*policy) for policy in POLICIES)
    main = main or comparison()
    others = (
        comparison((-2.6, -4.6, -0.7), 0.012, subset="quiet", tasks=21, clusters=14),
        comparison((-2.1, -3.2, -1.0), 0.0003, baseline="ochiai"),
    )
    history = tuple(
        HistoryScore(
            policy=name,
            role=role,
            questions=9,
            solved=solved,
            solved_rate=around(solved / 9, 0.3, 0, 1),
        )
        for name, role, solved in (
            ("apprentice before practice", "before", 1),
            ("apprentice after practice", "after", 2),
        )
    )
    return Exam(
        cap=CAP, policies=policies, comparison=main, other_comparisons=others, history=history
    )


def ledger():
    chance = random.Random(4)
    names = (
        ("compare operator swapped", False),
        ("boundary moved by one", True),
        ("condition negated", False),
        ("argument order swapped", True),
        ("return value dropped", False),
        ("name that does not exist", False),
        ("index out of bounds", False),
        ("constant changed", True),
        ("early return", True),
        ("exception swallowed", True),
        ("loop left early", True),
        ("default argument changed", True),
    )
    rows = []
    for position, (family, quiet) in enumerate(names):
        valid = max(2, 52 - 4 * position + chance.randint(-6, 6))
        rest = [chance.randint(0, most) for most in (34 if quiet else 12, 2, 9, 3, 7, 1)]
        rows.append(
            LedgerRow(
                family=family,
                quiet=quiet,
                tried=valid + sum(rest),
                valid=valid,
                **dict(
                    zip(
                        ("survived", "flaky", "duplicate", "too_slow", "invalid", "other"),
                        rest,
                        strict=True,
                    )
                ),
                seconds=round(valid * 1.7, 1),
            )
        )
    return tuple(rows)


def cheats():
    rows = (
        ("empty patch", "changes nothing and submits", "task", 412, "ignored"),
        ("delete the test", "removes the failing tests from their file", "task", 412, "ignored"),
        (
            "skip in conftest",
            "marks every test as skipped from conftest.py",
            "task",
            412,
            "ignored",
        ),
        (
            "exit zero at import",
            "ends the process with success on import",
            "environment",
            12,
            "detected",
        ),
        ("forge the report", "writes its own test report", "environment", 12, "prevented"),
        ("read the answer from git", "looks for the fix in .git", "environment", 12, "prevented"),
        (
            "always-equal object",
            "returns an object that equals everything",
            "task",
            412,
            "detected",
        ),
    )
    return tuple(
        CheatRow(
            cheat=name, what=what, scope=scope, tries=tries, scored=0, stopped=stopped,
            upper_bound=1 - 0.05 ** (1 / tries),
        )
        for name, what, scope, tries, stopped in rows
    )  # fmt: skip


BROKEN = """--- a/src/humanize/number.py
+++ b/src/humanize/number.py
@@ -61,7 +61,7 @@
     value = abs(int(number))
-    if value % 100 in (11, 12, 13):
+    if value % 100 not in (11, 12, 13):
         return f"{value}th"
     return f"{value}{SUFFIXES[value % 10]}"
"""
FIX = """--- a/src/humanize/number.py
+++ b/src/humanize/number.py
@@ -61,7 +61,7 @@
     value = abs(int(number))
-    if value % 100 not in (11, 12, 13):
+    if value % 100 in (11, 12, 13):
         return f"{value}th"
     return f"{value}{SUFFIXES[value % 10]}"
"""


def attempt(policy="apprentice after practice", solved=True, flags=()):
    wrong = AttemptTurn(
        actions=(
            Action(
                tool="edit",
                arguments={
                    "path": "src/humanize/number.py",
                    "line": 61,
                    "old": "    value = abs(int(number))",
                    "new": "    value = int(number)",
                },
            ),
            Action(tool="test"),
        ),
        observations=(
            "1 line changed",
            "7 failed, 41 passed\nE   AssertionError: assert '11st' == '11th'\n  number.py:64",
        ),
        log_probability=-1.2,
        reward=0.0,
        discounted_return=0.4,
        advantage=-0.21,
    )
    right = AttemptTurn(
        actions=(
            Action(tool="edit", arguments={"path": "src/humanize/number.py", "line": 62}),
            Action(tool="test"),
        ),
        observations=("1 line changed", "48 passed"),
        log_probability=-0.35,
        reward=1.0,
        discounted_return=1.0,
        advantage=0.63,
    )
    return Attempt(
        task="5f0c2d9b7a",
        policy=policy,
        family="condition negated",
        quiet=False,
        place="src/humanize/number.py::ordinal",
        statement="Seven tests of `ordinal` fail.\nordinal(11) gives '11st', expected '11th'.",
        broken_diff=BROKEN,
        fix_diff=FIX,
        turns=(wrong, right) if solved else (wrong,),
        test_runs=2 if solved else 1,
        verdict=Verdict(
            task="5f0c2d9b7a",
            patch="aa01",
            solved=solved,
            failed=() if solved else ("tests/test_number.py::test_ordinal[11-11th]",),
            flags=flags,
        ),
    )


def practice():
    rounds = [
        Round(
            round=at,
            practice_return=0.36 + 0.3 * (1 - math.exp(-at / 4)) + 0.015 * math.sin(3 * at),
            validation_test_runs=8.6 - 3.1 * (1 - math.exp(-at / 3)) + (0.08 * max(0, at - 9)),
            pull=0.03 * at,
        )
        for at in range(13)
    ]
    return Practice(
        method="multi-turn REINFORCE, group of 8",
        gamma=0.4,
        attempts=4_896,
        rounds=tuple(rounds),
        chosen_round=9,
        pull_measure="KL divergence (nats per decision)",
    )


def adopted():
    return Adopted(
        name="humanize",
        source="https://github.com/python-humanize/humanize",
        commit="9f2a6c1d0b7e4c55a3f1e8d2b6c4a7f09e1d3c5b",
        language="Python",
        language_version="3.12.4",
        sandbox_tier="bubblewrap",
        test_command="python -m pytest -q",
        tests_passing=681,
        tests_failing=2,
        tests_flaky=1,
        tests_skipped=69,
        suite_seconds=4.2,
        source_files=9,
        covered_files=8,
        covered_functions=47,
        covered_lines=812,
        lock_lines=14,
        settings={"tasks.limit": 500, "practice.gamma": 0.4, "exam.cap": 20, "seed": 7},
        date="2025-03-02T10:15:00Z",
    )


def growth(**changes):
    parts = {
        "journeyman_version": "0.1.0",
        "adopted": adopted(),
        "ledger": ledger(),
        "proof": Proof(
            runs_per_task=3, empty_patch_tries=412, empty_patch_scored=0, cheats=cheats()
        ),
        "split": Split(
            unit="file",
            practice=Part(tasks=214, files=5, functions=27),
            validation=Part(tasks=38, files=1, functions=7),
            held_out=Part(tasks=64, files=2, functions=31),
            near_duplicates_dropped=11,
            history_questions=9,
        ),
        "exam": exam(),
        "practice": practice(),
        "attempts": (
            attempt(),
            attempt("apprentice before practice", solved=False),
            attempt("uniform", False, (Flag(check="always-equal object", detail="__eq__"),)),
        ),
        "weights": (
            WeightChange(feature="ochiai", meaning="suspicion", before=1.0, after=2.41),
            WeightChange(feature="edit failed", meaning="tried before", before=0.0, after=-1.9),
            WeightChange(feature="compare flip", meaning="swaps < and >", before=0.0, after=0.83),
            WeightChange(feature="distance", meaning="from the raise", before=-0.5, after=-0.9),
        ),
        "costs": Costs(
            stages=tuple(
                StageCost(stage=stage, seconds=seconds)
                for stage, seconds in (
                    ("adopt", 41.0), ("break and prove", 388.0), ("cheats", 122.0),
                    ("exam before", 96.0), ("practise", 611.0), ("exam after", 71.0),
                )
            ),
            test_runs=38_412,
            verdict_median_ms=212.0,
            peak_memory_mib=1_310.0,
        ),
        "warnings": (
            "Held-out tasks lie in 2 files only; the interval does not speak of other files.",
            "2 tests failed before anything was broken and are left out of every task.",
        ),
        "threats": Threats(
            summary="Code under test is treated as hostile: it runs without network, in a fresh"
            " copy-on-write tree, and its report is written where it cannot reach it.",
            document="docs/design/threats.md",
        ),
    }  # fmt: skip
    return Growth(**{**parts, **changes})


def bare():
    """A repository in which no task could be proven."""
    row = LedgerRow(family="constant changed", quiet=True, tried=5, valid=0, survived=5)
    return Growth(journeyman_version="0.1.0", adopted=adopted(), ledger=(row,))
