"""Where a task stands: its commit, how that is tested, its files, and who judges there.

Most tasks stand on the adopted commit; a real fix stands on its own, in the environment of its day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from journeyman.errors import UserError
from journeyman.grading.grader import Grader
from journeyman.pipeline.adopted import Adopted
from journeyman.records import Task
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment


@dataclass(frozen=True)
class Standing:
    """The commit that a task stands on, and what belongs to it."""

    commit: str
    plan: Plan
    environment: Environment
    read: Callable[[str], str | None]
    """Reads a file of that commit; `None` where there is no such text."""


def standing(adopted: Adopted, task: Task) -> Standing:
    """Return where `task` stands.

    Raises:
        UserError: On a commit that this workspace cannot test.
    """
    if task.base == adopted.tree.commit:
        adoption = adopted.adoption
        return Standing(task.base, adoption.plan, adoption.environment, adopted.read)
    bench = adopted.courts.bench(task.base)
    if bench is None:
        here = adopted.tree.commit[:12]
        raise UserError(
            f"{task.repository}-{task.id} was made on commit {task.base[:12]}; "
            f"{adopted.project.name} is open at {here}",
            "Use the workspace the task was made in.",
        )

    def read(path: str) -> str | None:
        content = adopted.checkout.git.read(task.base, path)
        try:
            return None if content is None else content.decode()
        except UnicodeDecodeError:
            return None

    return Standing(task.base, bench.plan, bench.environment, read)


@contextmanager
def judged(adopted: Adopted, task: Task, *, remember: bool = True) -> Iterator[Grader]:
    """Lend the judge of `task`; one who remembers nothing makes every run anew.

    Raises:
        UserError: As `standing`.
    """
    if standing(adopted, task).commit == adopted.tree.commit:
        anew = adopted.suite_with(None)
        yield adopted.grader if remember else adopted.grader_with(anew)
        return
    with adopted.courts.lend(task.base, remember=remember) as court:
        yield court.grader
