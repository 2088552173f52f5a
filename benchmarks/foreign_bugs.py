"""Apprentice, uniform and Ochiai on bugs that somebody else's operators drew: cosmic-ray's.

    python benchmarks/foreign_bugs.py --workspace DIR [--tasks N] [--json FILE] [SOURCE ...]

The projects are none that the apprentice was trained on. Each bug is proven like our own: covered
code is mutated, several runs must agree on which tests fail, broken tree plus reference fix is the
base tree byte for byte, and the empty patch scores zero. Nothing is left out because its repair is
outside our grammar; such bugs count as failures unless some other edit turns the *whole* suite
green, which is what fixed means here (the exam's own verdict needs only the chosen tests).

A bug is *quiet* when every failing test that the agent sees fails by an assertion (an
``AssertionError``, or pytest's own ``Failed``) and none by another exception.

Everything proven and played is kept in the workspace, so an interrupted run resumes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from foreign_tasks import Made, make
from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.weights import default_weights
from journeyman.agent.policy.base import Policy
from journeyman.agent.policy.baselines import Ochiai, Uniform
from journeyman.cli.progress import Terminal
from journeyman.exam.results import policy_result, runs_of
from journeyman.exam.sitting import Answer, Sitting, sit
from journeyman.exam.statistics import paired_difference
from journeyman.pipeline.adopt import Adopted, adopt
from journeyman.pipeline.examine import ABOUT, arena
from journeyman.progress import Progress, stage
from journeyman.records import Patch, Record, Task
from journeyman.records.score import Estimate, PolicyResult, Role, Score
from journeyman.workspace import Workspace
from mutations import kind_of
from reach import reach

SOURCES = (
    "pypi:boltons==26.2.0",
    "pypi:jsonschema==4.26.0",
    "pypi:tomlkit==0.15.2",
    "pypi:markdown-it-py==4.3.0",
    "pypi:humanize==4.17.0",
    "pypi:cachetools==8.0.0",
)
CAP = 20
RESAMPLES = 4000


class Difference(Record):
    """The apprentice less a baseline, on the same bugs; `p` by flipping signs of functions."""

    baseline: Role
    measure: str
    subset: str
    value: float
    low: float | None
    high: float | None
    p: float | None
    bugs: int
    functions: int


class Result(Record):
    """One project's exam, or all of them pooled."""

    name: str
    bugs: int
    quiet: int
    functions: int
    outside_grammar: int
    not_offered: int
    """In the grammar, but not among the moves that the policies chose from."""
    outcomes: dict[str, int]
    kinds: dict[str, int]
    not_green: dict[str, int]
    """By role: fixes that pleased the chosen tests and failed the whole suite; not counted."""
    policies: tuple[PolicyResult, ...]
    differences: tuple[Difference, ...]


class Examined(Record):
    """What one project contributes to the pool."""

    result: Result
    sittings: tuple[Sitting, ...]


def main() -> None:
    """Make the bugs, let the policies at them, print and write what came of it."""
    options = _options()
    examined: list[Examined] = []
    with Terminal() as progress:
        for source in options.sources:
            progress.say(source)
            with adopt(source, Workspace(options.workspace), progress=progress) as adopted:
                with adopted.project.locked():
                    made = make(adopted, options.tasks, options.seed, progress)
                    progress.say(f"{len(made.tasks)} bugs: {dict(made.outcomes)}")
                    if not options.make_only and made.tasks:
                        examined.append(examine(adopted, made, options.seed, progress))
                        print(table(examined[-1].result), flush=True)
    if not examined:
        return
    results = [one.result for one in examined]
    if len(examined) > 1:
        results.append(pool(examined))
        print(table(results[-1]))
    if options.json:
        data = {"cap": CAP, "results": [one.model_dump(mode="json") for one in results]}
        options.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def examine(adopted: Adopted, made: Made, seed: int, progress: Progress) -> Examined:
    """Let each policy play each bug once."""
    policies: tuple[tuple[Role, Policy], ...] = (
        ("uniform", Uniform()),
        ("ochiai", Ochiai()),
        ("before", Apprentice(default_weights(), greedy=True)),
    )
    place = arena(adopted, CAP)
    sittings: list[Sitting] = []
    not_green: dict[str, int] = {}
    for role, policy in policies:
        sitting = sit(
            place, made.tasks, policy, role=role, about=ABOUT[role], seed=seed,
            workers=adopted.workers, progress=progress,
        )  # fmt: skip
        answers = []
        with stage(progress, f"whole suite: {role}", len(made.tasks)):
            for task, answer in zip(made.tasks, sitting.answers, strict=True):
                solved = answer.runs is not None
                if solved and not green(adopted, task, place.play(task, policy, seed)[0].patch):
                    answer = answer.model_copy(update={"runs": None})
                    not_green[role] = not_green.get(role, 0) + 1
                name = f"{adopted.adoption.name}/{answer.cluster}"
                answers.append(answer.model_copy(update={"cluster": name}))
                progress.advance()
        sittings.append(sitting.model_copy(update={"answers": tuple(answers)}))
    with stage(progress, "reach of the grammar", len(made.tasks)):
        reached = []
        for task in made.tasks:
            reached.append(reach(task, place))
            progress.advance()
    result = Result(
        name=adopted.adoption.name,
        bugs=len(made.tasks),
        quiet=sum(task.quiet for task in made.tasks),
        functions=len({task.cluster for task in made.tasks}),
        outside_grammar=sum(not one.in_grammar for one in reached),
        not_offered=sum(one.in_grammar and not one.offered for one in reached),
        outcomes=dict(made.outcomes),
        kinds=dict(Counter(kind_of(task.family) for task in made.tasks)),
        not_green=not_green,
        policies=tuple(policy_result(sitting, RESAMPLES) for sitting in sittings),
        differences=differences(sittings),
    )
    return Examined(result=result, sittings=tuple(sittings))


def green(adopted: Adopted, task: Task, patch: Patch) -> bool:
    """Whether every test that always passes on the base tree passes on the repaired one.

    A repair that restores the base tree needs no run. A failing run is made once more, so that
    what ran out of time by chance is not held against anybody.
    """
    whole = patch.over(task.broken)
    changed = {path: text for path, text in whole.files.items() if text != adopted.read(path)}
    if not changed:
        return True
    for attempt in range(2):
        report = adopted.suite.run(Patch(files=changed), attempt=attempt)
        if all(report.good(test) for test in adopted.baseline.passing):
            return True
    return False


def pool(examined: list[Examined]) -> Result:
    """Return all projects' bugs taken together; functions stay the unit of resampling."""
    results = [one.result for one in examined]
    sittings = [
        group[0].model_copy(update={"answers": tuple(a for one in group for a in one.answers)})
        for group in zip(*(one.sittings for one in examined), strict=True)
    ]

    def total(name: str) -> dict[str, int]:
        return dict(sum((Counter(getattr(one, name)) for one in results), Counter()))

    return Result(
        name=f"all {len(results)} projects",
        bugs=sum(one.bugs for one in results),
        quiet=sum(one.quiet for one in results),
        functions=sum(one.functions for one in results),
        outside_grammar=sum(one.outside_grammar for one in results),
        not_offered=sum(one.not_offered for one in results),
        outcomes=total("outcomes"),
        kinds=total("kinds"),
        not_green=total("not_green"),
        policies=tuple(policy_result(sitting, RESAMPLES) for sitting in sittings),
        differences=differences(sittings),
    )


def differences(sittings: list[Sitting]) -> tuple[Difference, ...]:
    """Compare the apprentice (the last sitting) with each baseline, bug by bug."""
    *baselines, apprentice = sittings
    found = []
    for baseline in baselines:
        for subset in ("all", "quiet"):
            pairs = [
                (before, after)
                for before, after in zip(baseline.answers, apprentice.answers, strict=True)
                if after.quiet or subset == "all"
            ]
            found += [_difference(baseline.role, name, subset, pairs) for name in MEASURES]
    return tuple(found)


MEASURES = {
    "first try": lambda answer: float(answer.runs == 1),
    f"within {CAP}": lambda answer: float(answer.runs is not None),
    "mean runs": lambda answer: runs_of(answer, CAP),
}


def _difference(
    role: Role, name: str, subset: str, pairs: list[tuple[Answer, Answer]]
) -> Difference:
    measure = MEASURES[name]
    found = paired_difference(
        [measure(before) for before, _ in pairs],
        [measure(after) for _, after in pairs],
        [before.cluster for before, _ in pairs],
        samples=RESAMPLES,
    )
    return Difference(
        baseline=role,
        measure=name,
        subset=subset,
        value=found.difference or 0.0,
        low=found.interval and found.interval.low,
        high=found.interval and found.interval.high,
        p=found.p_value,
        bugs=found.pairs,
        functions=found.clusters,
    )


def table(result: Result) -> str:
    """Return a result as text."""
    share = result.outside_grammar / result.bugs
    lines = [
        f"\n{result.name}: {result.bugs} bugs ({result.quiet} quiet) in {result.functions} functions",
        f"  tried: {_counts(result.outcomes)}",
        f"  operators: {_counts(result.kinds)}",
        f"  repair outside the grammar (counted as failure): {result.outside_grammar} ({share:.1%}); "
        f"in it but not offered: {result.not_offered}",
        f"  pleased the chosen tests but not the whole suite: {_counts(result.not_green) or 'none'}",
        f"  {'':<22}{'first try':>22}{f'within {CAP}':>22}{'mean runs':>22}",
    ]
    for policy in result.policies:
        role = "apprentice" if policy.role == "before" else policy.role
        lines.append(_row(role, policy.score))
        if policy.quiet is not None:
            lines.append(_row(f"{role}, quiet", policy.quiet))
    lines.append("  apprentice less a baseline, same bugs:")
    for one in result.differences:
        scale = 1.0 if one.measure == "mean runs" else 100.0
        sure = "" if one.low is None or one.high is None else (
            f" [{scale * one.low:+.1f}, {scale * one.high:+.1f}]"
        )  # fmt: skip
        p = "" if one.p is None else f", p = {one.p:.4f}"
        lines.append(
            f"    {one.baseline:<8} {one.measure:<10} {one.subset:<6} {scale * one.value:+.1f}{sure}{p}"
        )
    return "\n".join(lines)


def _row(name: str, score: Score) -> str:
    rates = (_estimate(one, 100, " %") for one in (score.first_try_rate, score.solved_rate))
    cells = (*rates, _estimate(score.test_runs, 1, ""))
    return f"  {name:<22}" + "".join(f"{cell:>22}" for cell in cells)


def _estimate(one: Estimate, scale: float, unit: str) -> str:
    return f"{scale * one.value:.1f}{unit} [{scale * one.low:.1f}, {scale * one.high:.1f}]"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", nargs="*", default=SOURCES, metavar="SOURCE")
    parser.add_argument("--workspace", type=Path, required=True, help="kept, so that it resumes")
    parser.add_argument("--tasks", type=int, default=110, help="bugs for each project (110)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the results there too")
    parser.add_argument("--make-only", action="store_true", help="make the bugs, hold no exam")
    return parser.parse_args()


if __name__ == "__main__":
    main()
