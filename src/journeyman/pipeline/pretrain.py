"""Make the shipped weights anew: adopt other packages, prove tasks there, and learn from them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from journeyman.agent.policy.apprentice.policy import Apprentice
from journeyman.agent.policy.apprentice.scorer import Example
from journeyman.agent.policy.apprentice.weights import Weights
from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.examine import arena
from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
from journeyman.progress import Progress, Silent
from journeyman.settings import Settings, load
from journeyman.training.pretrain import blank, examples, learn, likelihood
from journeyman.workspace import Workspace

L2 = 3e-4
DEEP = 4
"""Test runs of an attempt in the second pass, all of whose decisions become examples."""

DEEP_TASKS = 40
"""Tasks of each package played in the second pass."""

SETTINGS = {"tasks.count": 100, "tasks.runs": 2, "exam.fixes": 0}


@dataclass(frozen=True)
class Pretrained:
    """The weights, and how well they do on each package when it is left out of the training."""

    weights: Weights
    tasks: int
    examples: int
    left_out: dict[str, float]


def sources() -> list[str]:
    """Return the pinned packages that the shipped weights are made from."""
    text = files("journeyman.training").joinpath("pretraining.toml").read_text("utf-8")
    return [str(package["source"]) for package in tomllib.loads(text)["package"]]


def pretrain(
    packages: Sequence[str],
    workspace: Workspace,
    *,
    settings: Settings | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    check: bool = False,
) -> Pretrained:
    """Train weights from nothing on `packages`; what was adopted and proven before is re-used.

    Args:
        check: Also train without each package in turn, to see how well the rest serves it.
    """
    settings = settings or load(None, SETTINGS)
    progress = progress or Silent()
    collect = partial(_collect, packages, workspace, settings, workers, progress)
    tasks, first = collect(Apprentice(blank()), 1, settings.tasks.count)
    weights = learn(_flat(first), L2, "first pass")
    _, second = collect(Apprentice(weights), DEEP, DEEP_TASKS)
    both = {name: [*first[name], *second[name]] for name in first}
    left_out = {}
    for name in [name for name in both if first[name]] if check and len(both) > 1 else ():
        others = _flat({other: found for other, found in both.items() if other != name})
        left_out[name] = likelihood(learn(others, L2, "a check"), first[name])[0]
        progress.say(f"{name}: {left_out[name]:.1%} right at once when left out")
    everything = _flat(both)
    progress.say(f"fitting {len(everything)} decisions")
    made_from = f"{len(packages)} packages, {tasks} tasks, {len(everything)} decisions"
    return Pretrained(learn(everything, L2, made_from), tasks, len(everything), left_out)


def _collect(
    packages: Sequence[str],
    workspace: Workspace,
    settings: Settings,
    workers: int | None,
    progress: Progress,
    policy: Apprentice,
    budget: int,
    most: int,
) -> tuple[int, dict[str, list[Example]]]:
    found = {}
    count = 0
    for source in packages:
        with adopt(source, workspace, settings, progress=progress, workers=workers) as adopted:
            sites = break_code(adopted, progress)
            tasks = tasks_of(adopted, prove_tasks(adopted, sites, progress))
            count += len(tasks)
            found[adopted.adoption.name] = examples(
                arena(adopted, budget),
                tasks[:most],
                policy,
                per_attempt=budget,
                workers=adopted.workers,
                progress=progress,
            )
    return count, found


def _flat(found: dict[str, list[Example]]) -> list[Example]:
    return [one for part in found.values() for one in part]
