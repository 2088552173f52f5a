"""Stage 6, report: put together what the stages found, for the page and its JSON."""

from __future__ import annotations

import resource
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

import journeyman
from journeyman.agent.policy.apprentice.features import MEANINGS
from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.exam.results import compare, history_score, policy_result
from journeyman.exam.sitting import Sitting
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.examine import Parts, arena, only_python
from journeyman.records import Task, Trajectory, Verdict
from journeyman.records import growth as record
from journeyman.records.growth import Growth
from journeyman.records.score import Exam
from journeyman.records.taskset import Taskset
from journeyman.records.tried import Tried
from journeyman.reward.credit import Credit, advantages, returns
from journeyman.tasks.split import Split
from journeyman.training.practise import RoundResult, best, deciding, round_seed, turn_rewards

SHOWN_ATTEMPTS = 6
SHOWN_WEIGHTS = 15
SHOWN_TEXT = 1500

_THREATS = (
    "Code under test runs without a network, in its own namespaces, on a copy-on-write tree, as a "
    "process that never had more rights. It does share its process with pytest, so results can be "
    "forged from inside: forgeries that this grader prevents, those it only detects, and those it "
    "cannot tell are listed in the documentation."
)


@dataclass
class Findings:
    """What the stages of one growing found, as far as they were run."""

    ledger: tuple[record.LedgerRow, ...] = ()
    proof: record.Proof | None = None
    tasks: Taskset | None = None
    division: Split | None = None
    parts: Parts | None = None
    history: Sequence[Tried] = ()
    sittings: list[Sitting] = field(default_factory=list)
    rounds: Sequence[RoundResult] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    test_runs: int = 0


def assemble(adopted: Adopted, found: Findings) -> Growth:
    """Return everything the report shows."""
    return Growth(
        journeyman_version=journeyman.__version__,
        adopted=_adopted(adopted),
        ledger=found.ledger,
        proof=found.proof,
        split=_split(found),
        exam=_exam(adopted, found),
        practice=_practice(adopted, found),
        attempts=tuple(_attempts(adopted, found)),
        weights=_weights(found.rounds),
        costs=_costs(adopted, found),
        warnings=tuple(_warnings(adopted, found)),
        threats=record.Threats(summary=_THREATS, document="docs/design/grading.md"),
    )


def _adopted(adopted: Adopted) -> record.Adopted:
    adoption, baseline, coverage = adopted.adoption, adopted.baseline, adopted.coverage
    code = set(adoption.plan.code_files)
    covered = {path: lines for path, lines in coverage.files.items() if path in code}
    settings = adopted.settings.model_dump(mode="json", exclude_defaults=True)
    return record.Adopted(
        name=adoption.name,
        source=adoption.source,
        commit=adoption.commit,
        language=adoption.plan.language,
        language_version=adoption.environment.version,
        sandbox_tier=adoption.tier,
        test_command=adopted.language.command(adoption.plan),
        tests_passing=len(baseline.passing),
        tests_failing=len(baseline.failing),
        tests_flaky=len(baseline.flaky),
        tests_skipped=len(baseline.skipped),
        runs=baseline.runs,
        suite_seconds=baseline.seconds,
        source_files=len(code),
        covered_files=len(covered),
        covered_functions=_covered_functions(adopted, covered),
        covered_lines=sum(len(lines) for lines in covered.values()),
        lock_lines=len(adoption.environment.lock.splitlines()),
        settings={
            f"{section}.{key}": value if isinstance(value, str | int | float | bool) else str(value)
            for section, values in settings.items()
            for key, value in values.items()
        },
        date=adoption.date,
    )


def _covered_functions(adopted: Adopted, covered: dict[str, dict[int, tuple[int, ...]]]) -> int:
    return sum(
        any(line in lines for line in range(item.first, item.last + 1))
        for path, lines in covered.items()
        for item in adopted.language.functions(path, adopted.read(path) or "")
    )


def _split(found: Findings) -> record.Split | None:
    if found.division is None or found.parts is None:
        return None

    def part(tasks: Taskset) -> record.Part:
        return record.Part(
            tasks=len(tasks),
            files=len({head.place.path for head in tasks.heads}),
            functions=len({head.cluster for head in tasks.heads}),
        )

    return record.Split(
        unit=found.division.by,
        why=found.division.why,
        practice=part(found.parts.practice),
        validation=part(found.parts.validation),
        held_out=part(found.parts.held_out),
        near_duplicates_dropped=len(found.division.dropped),
        history_questions=len(found.parts.history),
    )


def _exam(adopted: Adopted, found: Findings) -> Exam | None:
    sittings = [
        sitting
        for sitting in found.sittings
        if any(answer.source == "breakage" for answer in sitting.answers)
    ]
    if not sittings:
        return None
    resamples = adopted.settings.exam.resamples
    by_role = {sitting.role: sitting for sitting in sittings}
    before, after = by_role.get("before"), by_role.get("after")
    comparison = compare(before, after, resamples) if before and after else None
    quiet = compare(before, after, resamples, quiet_only=True) if before and after else None
    ochiai = by_role.get("ochiai")
    against = compare(ochiai, before, resamples) if ochiai and before else None
    scores = [history_score(sitting, resamples) for sitting in found.sittings]
    return Exam(
        cap=adopted.settings.exam.budget,
        policies=tuple(policy_result(sitting, resamples) for sitting in sittings),
        comparison=comparison,
        other_comparisons=tuple(one for one in (quiet, against) if one is not None),
        history=tuple(score for score in scores if score is not None),
    )


def _practice(adopted: Adopted, found: Findings) -> record.Practice | None:
    if len(found.rounds) < 2:
        return None
    settings = adopted.settings.practice
    return record.Practice(
        method="policy gradient on per-turn discounted returns, leave-one-out baseline",
        gamma=settings.discount,
        attempts=settings.attempts,
        rounds=tuple(
            record.Round(
                round=result.round,
                practice_return=result.practice_return,
                validation_test_runs=result.validation_test_runs,
                pull=result.pull,
            )
            for result in found.rounds
        ),
        chosen_round=best(found.rounds).round,
        pull_measure="KL divergence from the start (nats per decision)",
    )


def _attempts(adopted: Adopted, found: Findings) -> list[record.Attempt]:
    """Show a few practice groups' attempts of the first round, with what training made of them."""
    if len(found.rounds) < 2 or found.parts is None:
        return []
    place = arena(adopted, adopted.settings.practice.budget, quick=True)
    policy = Apprentice(found.rounds[0].weights)
    settings = adopted.settings.practice
    credit = Credit(gamma=settings.discount)
    shown: list[record.Attempt] = []
    for task in _round_tasks(adopted, found.parts.practice):
        group = [
            place.play(task, policy, round_seed(settings.seed, 1, number))
            for number in range(settings.attempts)
        ]
        rewards = [turn_rewards(task, trajectory, verdict) for trajectory, verdict in group]
        if len({sum(attempt) > 0 for attempt in rewards}) < 2:
            continue  # a group in which all went alike taught nothing
        weighed = advantages(rewards, credit)
        index = max(range(len(group)), key=lambda n: (sum(rewards[n]), len(rewards[n])))
        shown.append(_attempt(adopted, task, *group[index], rewards[index], weighed[index], credit))
        if len(shown) == SHOWN_ATTEMPTS:
            break
    return shown


def _round_tasks(adopted: Adopted, tasks: Taskset) -> Sequence[Task]:
    from journeyman.training.practise import tasks_of_round

    settings = adopted.settings.practice
    return tasks_of_round(tasks, settings.seed, settings.tasks, 1)


def _attempt(
    adopted: Adopted,
    task: Task,
    trajectory: Trajectory,
    verdict: Verdict,
    rewards: Sequence[float],
    weighed: Sequence[float],
    credit: Credit,
) -> record.Attempt:
    position_of = {position: n for n, position in enumerate(deciding(trajectory))}
    led_to = returns(rewards, credit.gamma, credit.aggregate)
    turns = []
    for position, turn in enumerate(trajectory.turns):
        n = position_of.get(position)
        turns.append(
            record.AttemptTurn(
                actions=turn.actions,
                observations=tuple(_shorten(seen.text) for seen in turn.observations),
                log_probability=turn.log_probability,
                reward=0.0 if n is None else rewards[n],
                discounted_return=0.0 if n is None else led_to[n],
                advantage=None if n is None else weighed[n],
            )
        )
    return record.Attempt(
        task=task.id,
        policy=trajectory.policy,
        family=task.family,
        quiet=task.quiet,
        place=task.cluster,
        statement=task.statement,
        broken_diff=task.broken.diff(adopted.read),
        fix_diff=task.fix.diff(lambda path: adopted.grader.broken_text(task, path)),
        turns=tuple(turns),
        test_runs=trajectory.test_runs,
        verdict=verdict,
    )


def _shorten(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}\n… ({len(text)} characters)"


def _weights(rounds: Sequence[RoundResult]) -> tuple[record.WeightChange, ...]:
    if not rounds:
        return ()
    start, end = rounds[0].weights, best(rounds).weights
    moved = sorted(
        zip(start.features, start.values, end.values, strict=True),
        key=lambda row: -abs(row[2] - row[1]),
    )
    return tuple(
        record.WeightChange(feature=name, meaning=MEANINGS[name], before=old, after=new)
        for name, old, new in moved[:SHOWN_WEIGHTS]
        if old != new
    )


def _costs(adopted: Adopted, found: Findings) -> record.Costs:
    latencies = adopted.suite.latencies_s
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return record.Costs(
        stages=tuple(
            record.StageCost(stage=name, seconds=round(seconds, 1))
            for name, seconds in found.seconds.items()
        ),
        test_runs=found.test_runs,
        verdict_median_ms=round(1000 * statistics.median(latencies), 1) if latencies else None,
        peak_memory_mib=round(usage, 1),
    )


def _warnings(adopted: Adopted, found: Findings) -> list[str]:
    said = list(adopted.adoption.notes)
    if adopted.adoption.passed_over:
        why = "; ".join(adopted.adoption.passed_over)
        said.append(f"Isolated by {adopted.adoption.tier}, since better did not work here: {why}.")
    if not adopted.language.practises:
        said.append(f"Not done: {only_python(adopted)}.")
    if found.division is not None and found.division.by == "function":
        said.append(f"Split by function, not by file: {found.division.why}.")
    if found.tasks and len(found.tasks) < adopted.settings.tasks.count:
        said.append(
            f"{len(found.tasks)} tasks were proven; {adopted.settings.tasks.count} were wanted, "
            "but no more breaks were noticed by the tests."
        )
    dropped = [entry for entry in found.history if entry.task is None]
    if dropped:
        reasons = sorted({entry.why for entry in dropped})
        said.append(
            f"{len(dropped)} of {len(found.history)} later fixes could not be made questions: "
            f"{'; '.join(reasons)}."
        )
    if adopted.pool.faults:
        said.append(
            f"{len(adopted.pool.faults)} runs failed for reasons of our own and were repeated."
        )
    if adopted.baseline.failing:
        said.append(
            f"{len(adopted.baseline.failing)} tests fail on the untouched tree and judge nothing."
        )
    return said
