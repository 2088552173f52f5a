"""Environments as they were: one for each stretch of history that asks for the same packages.

For a commit, environments are offered in this order, each saying which it is: the packages of the
lock it holds; what its index had by then; the same with later test and build tools, where those of
then do not run with this Python; of that, only what its tests import; the same with an older
Python, if uv finds one on this machine (none is downloaded for this); that of the nearest other
stretch; what the index has today. Whichever first runs a commit's tests is offered first to the
rest of its stretch.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from journeyman.errors import AdoptError
from journeyman.records import Record
from journeyman.records.store import Store
from journeyman.repository.dated import At, has_compiled, install_inputs, recorded_lock
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment, build
from journeyman.repository.interpreter import Interpreter, choose, python_of
from journeyman.repository.launcher import Launcher
from journeyman.repository.tree import Tree
from journeyman.settings import Settings
from journeyman.workspace import Project

DAYS = 365
"""A stretch lasts no longer than this, even where what is asked for never changes."""

OLDEST_S = 1_100_000_000
"""Before 2004-11 there was no index: such a date only says that the real one is not known."""

Rung = str
RUNGS: tuple[Rung, ...] = (
    "lock",
    "then",
    "then, later tools",
    "then, essentials",
    "then, older Python",
    "nearest",
    "today",
)


class Lived(Record):
    """An environment for a commit; `how` says to a person which one that is."""

    environment: Environment
    rung: str
    how: str


class Period(Record):
    """A stretch of history with the same install inputs; `date` is its newest commit's, UTC.

    `best` is the rung whose environment ran tests, `failed` why others could not be made.
    """

    inputs: str
    name: str
    layout: str
    date: int
    best: str = ""
    best_environment: Environment | None = None
    failed: dict[str, str] = {}


@dataclass
class Periods:
    """The stretches of one repository's history, remembered in the store."""

    project: Project
    settings: Settings
    store: Store
    launcher: Launcher
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _existing: Environment | None = None

    def environments(self, tree: Tree, plan: Plan, date: int, version: str) -> Iterator[Lived]:
        """Yield environments for `tree`, the likeliest first; each is made when asked for.

        Raises:
            AdoptError: Settings name an environment, and it cannot be used.
        """
        if "/" in (self.settings.environment.python or ""):
            named = self._named(tree, plan).model_copy(update={"python_path": plan.python_path})
            how = "the environment that the settings name"
            yield Lived(environment=named, rung="settings", how=how)
            return
        period = self._period(tree, plan, date)
        order = [period.best, *(rung for rung in RUNGS if rung != period.best)]
        seen: set[str] = set()
        for rung in order:
            lived = self._made(rung, period, tree, plan, version) if rung else None
            if lived is not None and lived.environment.key not in seen:
                seen.add(lived.environment.key)
                yield lived

    def ran(self, tree: Tree, plan: Plan, date: int, lived: Lived) -> None:
        """Remember that tests ran in this environment."""
        with self._lock:
            period = self._period(tree, plan, date)
            if lived.rung != "settings" and not period.best:
                found = {"best": lived.rung, "best_environment": lived.environment}
                self._put(period.model_copy(update=found))

    def why_none(self, tree: Tree, plan: Plan, date: int) -> str:
        """Say why no environment could be made, if none could."""
        failed = self._period(tree, plan, date).failed
        named = failed.get("today") or next(iter(failed.values()), "")
        built = " (it has parts that are compiled)" if has_compiled(tree, plan) else ""
        return f"{named}{built}" if named else ""

    def _made(
        self, rung: Rung, period: Period, tree: Tree, plan: Plan, version: str
    ) -> Lived | None:
        """Return the environment on one rung; `None` where that does not apply or failed."""
        with self._lock:
            period = self._read(period)
            if rung in period.failed:
                return None
            if rung == "nearest":
                return self._nearest(period)
            at, how = self._at(rung, period, tree)
            if at is None:
                return None
            if rung == "then, essentials":
                plan = plan.model_copy(update={"install": plan.essential, "extras": ()})
            if rung == "then, older Python":
                older = self._older_python(plan, period.date)
                if older is None:
                    return None
                plan = plan.model_copy(update={"python": older.version})
                how += f" and Python {older.version}"
            try:
                environment = self._build(tree, plan, version, at)
            except AdoptError as error:
                failed = {**period.failed, rung: _gist(error.message)}
                self._put(period.model_copy(update={"failed": failed}))
                return None
            return Lived(environment=environment, rung=rung, how=how)

    def _at(self, rung: Rung, period: Period, tree: Tree) -> tuple[At | None, str]:
        if period.date < OLDEST_S and rung.startswith("then"):
            return None, ""
        when = datetime.datetime.fromtimestamp(period.date, datetime.UTC)
        date = when.strftime("%Y-%m-%dT%H:%M:%SZ")
        if rung == "lock":
            name, pins = recorded_lock(tree)
            return (At(period.inputs, date, pins) if pins else None), f"the versions in {name}"
        if rung == "then":
            return At(period.inputs, date), f"resolved as of {date[:10]}"
        if rung.startswith("then,"):
            only = " and only what the tests import" if rung.endswith("essentials") else ""
            how = f"resolved as of {date[:10]}, with later test and build tools{only}"
            return At(period.inputs, date, later_tools=True), how
        return At(period.inputs), "resolved as of today"

    def _older_python(self, plan: Plan, date: int) -> Interpreter | None:
        """Return a Python of that time that is on this machine, and that the commit accepts."""
        wanted = ",".join(part for part in (python_of(date), _plain_range(plan.python)) if part)
        if not python_of(date):
            return None
        try:
            folder = self.project.folder("environments") / "pythons"
            return choose(wanted, folder, offline=True)
        except AdoptError:
            return None

    def _nearest(self, period: Period) -> Lived | None:
        others = [
            other
            for _, other in self.store.records("period", Period)
            if other.best_environment is not None
            and other != period
            and (other.name, other.layout) == (period.name, period.layout)
        ]
        if not others:
            return None
        other = min(others, key=lambda other: (abs(other.date - period.date), other.inputs))
        day = datetime.datetime.fromtimestamp(other.date, datetime.UTC).date()
        assert other.best_environment is not None
        return Lived(
            environment=other.best_environment,
            rung="nearest",
            how=f"the nearest that works, that of {day}",
        )

    def _named(self, tree: Tree, plan: Plan) -> Environment:
        """Return the environment that the settings name; what is in it is asked once."""
        with self._lock:
            if self._existing is None:
                self._existing = self._build(tree, plan, "", None)
            return self._existing

    def _build(self, tree: Tree, plan: Plan, version: str, at: At | None) -> Environment:
        folder = self.project.folder("environments")
        return build(tree, plan, self.settings, folder, self.launcher, version=version, at=at)

    def _period(self, tree: Tree, plan: Plan, date: int) -> Period:
        """Return the stretch that a commit lies in; its first (newest) commit begins it."""
        inputs = install_inputs(tree, plan)
        with self._lock:
            known = [p for _, p in self.store.records("period", Period) if p.inputs == inputs]
            fitting = [p for p in known if abs(p.date - date) <= DAYS * 86_400]
            if fitting:
                return min(fitting, key=lambda p: abs(p.date - date))
            period = Period(inputs=inputs, name=plan.name, layout=plan.layout, date=date)
            self._put(period)
            return period

    def _put(self, period: Period) -> None:
        self.store.put_record("period", f"{period.inputs}-{period.date}", period)

    def _read(self, period: Period) -> Period:
        key = f"{period.inputs}-{period.date}"
        return self.store.get_record("period", key, Period) or period


def _plain_range(wanted: str) -> str:
    """Return a range of Pythons (``>=3.7``) that can be narrowed; empty for anything else."""
    return wanted if wanted[:1] in "<>=!~" else ""


def _gist(message: str) -> str:
    """Return the telling line of an error's message."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    telling = [line for line in lines if line.lower().startswith(("because", "cause", "error"))]
    return (telling[0] if telling else lines[-1])[:200]
