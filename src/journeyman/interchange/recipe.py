"""What another tool has to know of the environment in which tasks are judged."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable

from journeyman.grading.protected import NAMES, test_folders
from journeyman.records import Record, Task
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.sandbox.testing.pytest_suite import guarded_files

ROOT = "/testbed"
"""Where the repository lies in the containers of SWE-bench and of ours for Harbor."""

CLEAN = ("clean", "-fdxq", "--", *(f":(glob)**/{name}" for name in sorted(NAMES)))
"""Arguments of Git that remove files which a candidate added to change what tests do."""


class Recipe(Record):
    """How to build the environment of one base commit and how to run tests in it.

    `requirements` are pins as pip reads them; `editable` says whether the repository itself is
    installed. `arguments` go to pytest. `tests` and `configuration` are files that a candidate
    must not change: they are restored before it is judged. `date` is the base commit's, in seconds
    since 1970.
    """

    python: str
    requirements: tuple[str, ...]
    editable: bool
    arguments: tuple[str, ...] = ()
    plugins: bool = True
    python_path: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    configuration: tuple[str, ...] = ()
    version: str = ""
    date: int = 0

    def variables(self, root: str = ROOT) -> dict[str, str]:
        """Return the environment variables that tests run under."""
        found = {"PYTHONDONTWRITEBYTECODE": "1"}
        if not self.plugins:
            found["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        if self.python_path:
            places = (f"{root}/{place}".rstrip("/.") for place in self.python_path)
            found["PYTHONPATH"] = ":".join(places)
        return found

    def pytest(self, *more: str) -> list[str]:
        """Return the command line of a test run, without the tests."""
        fixed = ("--continue-on-collection-errors", "-pno:cacheprovider", "--color=no")
        return ["python", "-m", "pytest", *fixed, *more, *self.arguments]

    def restored(self, task: Task, exists: Callable[[str], bool]) -> tuple[str, ...]:
        """Return what is brought back before judging: folders of tests, files, configuration.

        Args:
            exists: Whether a file is in the tree that the task starts from.
        """
        roots = {"/".join(root) for root in test_folders(frozenset(self.tests))}
        files = {*self.tests, *self.configuration, *guarded_files(task.tests)}
        single = {path for path in files if not any(_below(path, root) for root in roots)}
        used = {
            root for root in roots if any(_below(path, root) and exists(path) for path in files)
        }
        return tuple(sorted(used | {path for path in single if exists(path)}))


def recipe_of(plan: Plan, environment: Environment, version: str, date: int) -> Recipe:
    """Return the recipe of an adopted repository."""
    return Recipe(
        python=environment.version,
        requirements=tuple(pins(environment.lock.splitlines(), plan.name)),
        editable=any(requirement.startswith(".") for requirement in plan.install),
        arguments=plan.arguments,
        plugins=plan.plugins,
        python_path=environment.python_path,
        tests=plan.test_files,
        configuration=plan.config_files,
        version=version,
        date=date,
    )


def pins(lock: Iterable[str], own: str) -> list[str]:
    """Return the lock's lines that pip can install from an index, the repository's own left out."""
    return [
        line
        for line in lock
        if "==" in line and _normal(line.partition("==")[0]) not in (_normal(own), "journeyman")
    ]


def dockerfile(recipe: Recipe, branch: str) -> str:
    """Return a Dockerfile for a folder with ``start.bundle`` and ``requirements.txt`` in it.

    The repository in the image has one commit; what installing adds to the tree is not counted as
    a change.
    """
    told = (
        f"SETUPTOOLS_SCM_PRETEND_VERSION={shlex.quote(recipe.version)} "
        f"PBR_VERSION={shlex.quote(recipe.version)} "
        if recipe.version
        else ""
    )
    lines = [
        f"FROM python:{recipe.python}-slim",
        "RUN apt-get update \\",
        "    && apt-get install --yes --no-install-recommends build-essential git \\",
        "    && rm -rf /var/lib/apt/lists/*",
        "COPY start.bundle requirements.txt /opt/task/",
        f"RUN git clone --quiet --branch {branch} /opt/task/start.bundle {ROOT} \\",
        f"    && git -C {ROOT} remote remove origin \\",
        f"    && git config --system --add safe.directory {ROOT}",
        f"WORKDIR {ROOT}",
        "RUN python -m pip install --no-cache-dir --requirement /opt/task/requirements.txt",
    ]
    if recipe.editable:
        lines.append(f"RUN {told}python -m pip install --no-cache-dir --no-deps --editable .")
    lines.append("RUN git ls-files --others --exclude-standard >> .git/info/exclude")
    return "\n".join(lines) + "\n"


def requirements_text(recipe: Recipe) -> str:
    """Return the pins as a requirements file."""
    return "".join(f"{line}\n" for line in recipe.requirements)


def _below(path: str, root: str) -> bool:
    return path.startswith(f"{root}/")


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()
