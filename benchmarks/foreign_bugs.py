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
from dataclasses import replace
from pathlib import Path

from foreign_results import CAP, RESAMPLES, Examined, Result, differences, pool, table
from foreign_tasks import Made, make
from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.weights import default_weights
from journeyman.agent.policy.base import Policy
from journeyman.agent.policy.baselines import Ochiai, Uniform
from journeyman.cli.progress import Terminal
from journeyman.errors import JourneymanError
from journeyman.exam.results import policy_result
from journeyman.exam.sitting import Sitting, sit
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.examine import ABOUT, arena
from journeyman.progress import Progress, stage
from journeyman.records import Patch, Task, digest
from journeyman.records.memory import StoredReports
from journeyman.records.score import Role
from journeyman.sandbox.testing.pytest_suite import PytestSuite
from journeyman.workspace import Workspace
from mutations import kind_of
from reach import reach

SOURCES = (
    "pypi:boltons==26.2.0",
    "pypi:tomlkit==0.15.2",
    "pypi:markdown-it-py==4.3.0",
    "pypi:cachetools==8.0.0",
)


def main() -> None:
    """Make the bugs, let the policies at them, print and write what came of it."""
    options = _options()
    examined: list[Examined] = []
    with Terminal() as progress:
        for source in options.sources:
            progress.say(source)
            one = _project(source, options, progress)
            if one is not None:
                examined.append(one)
                print(table(one.result), flush=True)
    results = [one.result for one in examined]
    if len(examined) > 1:
        results.append(pool(examined))
        print(table(results[-1]))
    if options.json and results:
        data = {"cap": CAP, "results": [one.model_dump(mode="json") for one in results]}
        options.json.write_text(json.dumps(data, indent=1) + "\n", "utf-8")


def examine(adopted: Adopted, made: Made, seed: int, progress: Progress) -> Examined:
    """Let each policy play each bug once; only a green whole suite counts as a fix."""
    policies: tuple[tuple[Role, Policy], ...] = (
        ("uniform", Uniform()),
        ("ochiai", Ochiai()),
        ("before", Apprentice(default_weights(), greedy=True)),
    )
    sittings: list[Sitting] = []
    not_green: dict[str, int] = {}
    for role, policy in policies:
        sitting = sit(
            arena(adopted, CAP), made.tasks, policy, role=role, about=ABOUT[role], seed=seed,
            workers=adopted.workers, progress=progress,
        )  # fmt: skip
        strict = _strict(adopted, made, sitting, policy, seed, progress)
        sittings.append(strict)
        not_green[role] = _solved(sitting) - _solved(strict)
    return Examined(result=_result(adopted, made, sittings, not_green, progress), sittings=sittings)


def green(adopted: Adopted, task: Task, patch: Patch) -> bool:
    """Whether every test that always passes on the base tree passes on the repaired one.

    A repair that restores the base tree needs no run. A failing run is made once more, so that
    what ran out of time by chance is not held against anybody. Some repairs dead-lock other tests,
    so the time is limited by what the suite usually takes.
    """
    whole = patch.over(task.broken)
    changed = {path: text for path, text in whole.files.items() if text != adopted.read(path)}
    if not changed:
        return True
    usual = adopted.suite.settings
    wall_s = min(usual.limits.wall_s, 30 + int(10 * adopted.baseline.seconds))
    settings = replace(
        usual,
        identity=digest([usual.identity, wall_s]),
        limits=replace(usual.limits, wall_s=wall_s),
    )
    suite = PytestSuite(adopted.pool, settings, StoredReports(adopted.store))
    for attempt in range(2):
        report = suite.run(Patch(files=changed), attempt=attempt)
        if all(report.good(test) for test in adopted.baseline.passing):
            return True
    return False


def _project(source: str, options: argparse.Namespace, progress: Progress) -> Examined | None:
    try:
        adopted = adopt(source, Workspace(options.workspace), progress=progress)
    except JourneymanError as error:
        raise SystemExit(f"{source}: {error}") from error
    with adopted:
        made = make(adopted, options.tasks, options.seed, progress)
        progress.say(f"{len(made.tasks)} bugs: {dict(made.outcomes)}")
        if options.make_only or not made.tasks:
            return None
        return examine(adopted, made, options.seed, progress)


def _strict(
    adopted: Adopted, made: Made, sitting: Sitting, policy: Policy, seed: int, progress: Progress
) -> Sitting:
    """Return the sitting with fixes unmade that leave some test of the suite red.

    Clusters get the project's name, so that they stay apart when projects are pooled.
    """
    place, answers = arena(adopted, CAP), []
    with stage(progress, f"whole suite: {sitting.role}", len(made.tasks)):
        for task, answer in zip(made.tasks, sitting.answers, strict=True):
            runs = answer.runs
            if runs is not None:
                trajectory, _ = place.play(task, policy, seed)  # from the store
                runs = runs if green(adopted, task, trajectory.patch) else None
            cluster = f"{adopted.adoption.name}/{answer.cluster}"
            answers.append(answer.model_copy(update={"runs": runs, "cluster": cluster}))
            progress.advance()
    return sitting.model_copy(update={"answers": tuple(answers)})


def _solved(sitting: Sitting) -> int:
    return sum(answer.runs is not None for answer in sitting.answers)


def _result(
    adopted: Adopted,
    made: Made,
    sittings: list[Sitting],
    not_green: dict[str, int],
    progress: Progress,
) -> Result:
    place, reached = arena(adopted, CAP), []
    with stage(progress, "reach of the grammar", len(made.tasks)):
        for task in made.tasks:
            reached.append(reach(task, place))
            progress.advance()
    return Result(
        name=adopted.adoption.name,
        bugs=len(made.tasks),
        quiet=sum(task.quiet for task in made.tasks),
        functions=len({task.cluster for task in made.tasks}),
        outside_grammar=sum(not one.in_grammar for one in reached),
        not_offered=sum(one.in_grammar and not one.offered for one in reached),
        outcomes=dict(made.outcomes),
        kinds=dict(Counter(kind_of(task.family) for task in made.tasks)),
        outside_by_kind=dict(
            Counter(
                kind_of(task.family)
                for task, one in zip(made.tasks, reached, strict=True)
                if not one.in_grammar
            )
        ),
        not_green=not_green,
        policies=tuple(policy_result(sitting, RESAMPLES) for sitting in sittings),
        differences=differences(sittings),
    )


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
