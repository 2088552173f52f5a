"""Stages 2 to 4, break, prove and split: from covered code to tasks, kept apart for the exam."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from journeyman.engine.local import ordered_map
from journeyman.errors import AdoptError
from journeyman.pipeline.adopted import Adopted
from journeyman.progress import Progress, Silent, stage
from journeyman.records import Task
from journeyman.records.growth import LedgerRow
from journeyman.records.tried import Tried
from journeyman.tasks.breaking import (
    Site,
    UnparsableError,
    choose,
)
from journeyman.tasks.history import Examined, Historian, later_fixes
from journeyman.tasks.prove import Prover, site_key
from journeyman.tasks.split import Split, split
from journeyman.understanding.functions import texts_by_key

TRIES_PER_TASK = 4
"""Breaks tried for each task wanted, at most, before a repository is called too little tested."""


def break_code(adopted: Adopted, progress: Progress | None = None) -> list[Site]:
    """Return the breaks worth trying, in a balanced order: those on lines that tests go through."""
    progress = progress or Silent()
    paths = [path for path in adopted.adoption.plan.code_files if path in adopted.coverage.files]
    language = adopted.language
    sources = {path: language.source(path, adopted.tree.read(path)) for path in paths}
    found: dict[str, list[Site]] = {}
    with stage(progress, "break", len(paths)):
        for path in paths:
            for site in _covered(adopted, path, sources[path]):
                found.setdefault(site.family, []).append(site)
            progress.advance()
    settings = adopted.settings.tasks
    most = TRIES_PER_TASK * settings.count
    # Checking that a break is Python, differs and is new costs most, so only what is drawn is.
    drawn = choose(found, 2 * most, settings.seed, settings.families)
    chosen = list(itertools.islice(language.worthy(drawn, sources.__getitem__), most))
    if not chosen:
        raise AdoptError(
            "nothing to break: the tests go through none of the code",
            "Check [tests] paths and [code] include in journeyman.toml.",
        )
    return chosen


def _covered(adopted: Adopted, path: str, source: Any) -> Iterable[Site]:
    lines = adopted.coverage.files[path]
    try:
        yield from (site for site in adopted.language.sites(source) if site.line in lines)
    except UnparsableError:
        return


def prove_tasks(
    adopted: Adopted, sites: Sequence[Site], progress: Progress | None = None
) -> list[Tried]:
    """Try breaks in order until as many tasks are proven as are wanted; return every try."""
    progress = progress or Silent()
    wanted = adopted.settings.tasks.count
    tried: list[Tried] = []
    proven = 0
    with stage(progress, "prove", wanted):
        for result in _tries(adopted, sites):
            tried.append(result)
            if result.task is not None:
                proven += 1
                progress.advance(note=f"{proven} of {len(tried)} tries")
            if proven >= wanted:
                break
    if not proven:
        raise AdoptError(
            f"none of {len(tried)} breaks was noticed by the tests",
            "The suite checks too little to practise on; see [tests] paths in journeyman.toml.",
        )
    return tried


def _tries(adopted: Adopted, sites: Sequence[Site]) -> Iterator[Tried]:
    """Yield what becomes of each break, in order, from the store as far as that goes.

    Workers try a few breaks more than are asked for; those already known must not set them off.
    """
    prover = Prover(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        grader=adopted.grader,
        baseline=adopted.baseline,
        coverage=adopted.coverage,
        runs=adopted.settings.tasks.runs,
        read=adopted.tree.read,
        label=adopted.language.label,
        select=adopted.language.select,
    )
    quiet = {family.name: family.quiet for family in adopted.language.families}

    def key(site: Site) -> str:
        return f"{adopted.suite.settings.identity}-{prover.runs}-{site_key(site)}"

    def attempt(site: Site) -> Tried:
        known = adopted.store.get_record("tried", key(site), Tried)
        if known is None:
            known = prover.prove(site, quiet[site.family])
            adopted.store.put_record("tried", key(site), known)
        return known

    for position, site in enumerate(sites):
        known = adopted.store.get_record("tried", key(site), Tried)
        if known is None:
            yield from ordered_map(attempt, sites[position:], adopted.workers)
            return
        yield known


def tasks_of(tried: Iterable[Tried]) -> list[Task]:
    """Return the proven tasks of the ledger, in the order they were proven."""
    return [entry.task for entry in tried if entry.task is not None]


def ledger(tried: Sequence[Tried]) -> tuple[LedgerRow, ...]:
    """Return what became of the tries, by family."""
    rows = []
    for family in sorted({entry.family for entry in tried}):
        own = [entry for entry in tried if entry.family == family]
        counts = {name: sum(entry.outcome == name for entry in own) for name in _OUTCOMES}
        rows.append(
            LedgerRow(
                family=family,
                quiet=own[0].quiet,
                tried=len(own),
                valid=counts["valid"],
                survived=counts["survived"],
                flaky=counts["flaky"],
                duplicate=counts["duplicate"],
                too_slow=counts["unfinished"],
                invalid=counts["gameable"],
                other=counts["uncovered"],
                seconds=round(sum(entry.seconds for entry in own), 2),
            )
        )
    return tuple(rows)


_OUTCOMES = ("valid", "survived", "flaky", "duplicate", "unfinished", "gameable", "uncovered")


def ask_history(adopted: Adopted, progress: Progress | None = None) -> list[Examined]:
    """Return what became of the later commits that look like fixes: the exam's real questions."""
    progress = progress or Silent()
    settings = adopted.settings
    git = adopted.checkout.git
    fixes = later_fixes(git, adopted.adoption.head, adopted.adoption.fixes, adopted.language.kinds)
    historian = Historian(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        git=git,
        grader=adopted.grader,
        runs=settings.tasks.runs,
        read=adopted.read,
        language=adopted.language.name,
        kinds=adopted.language.kinds,
    )
    examined = []
    with stage(progress, "real fixes", len(fixes)):
        for commit in reversed(fixes):
            key = f"{adopted.suite.settings.identity}-{settings.tasks.runs}-{commit.id}"
            known = adopted.store.get_record("examined", key, Examined)
            if known is None:
                known = historian.question(commit)
                adopted.store.put_record("examined", key, known)
            examined.append(known)
            progress.advance()
    return examined


def split_tasks(adopted: Adopted, tasks: Sequence[Task]) -> Split:
    """Keep practice, validation and held-out tasks apart, near-duplicate functions on one side."""
    paths = sorted({task.place.path for task in tasks if task.source == "breakage"})
    language = adopted.language
    found = [item for path in paths for item in language.functions(path, adopted.read(path) or "")]
    pairs = language.near_duplicates(texts_by_key(found))
    return split(tasks, pairs, adopted.settings.tasks.seed)
