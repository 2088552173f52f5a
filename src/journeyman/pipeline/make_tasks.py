"""Stages 2 to 4, break, prove and split: from covered code to tasks, kept apart for the exam."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from journeyman.engine.local import resumed_map
from journeyman.errors import AdoptError
from journeyman.pipeline.adopted import Adopted
from journeyman.pipeline.history import Archive, ask
from journeyman.progress import Progress, Silent, stage
from journeyman.records.growth import LedgerRow
from journeyman.records.taskset import Taskset, remember
from journeyman.records.tried import Outcome, Tried
from journeyman.repository.coupling import Coupled, calls, changed_together
from journeyman.tasks.breaking import (
    Break,
    Site,
    UnparsableError,
    choose,
    mingled,
    whole_blocks,
)
from journeyman.tasks.history.candidate import later_fixes
from journeyman.tasks.prove import Prover
from journeyman.tasks.sieve import Sieve
from journeyman.tasks.split import Split, split
from journeyman.understanding.functions import texts_by_key

LOOK_BACK = 1000
"""Commits that are asked which files changed together."""

TRIES_PER_TASK = 4
"""Breaks tried for each task wanted, at most, before a repository is called too little tested."""


def break_code(adopted: Adopted, progress: Progress | None = None) -> list[Break]:
    """Return the breaks worth trying, in a balanced order: those on lines that tests go through."""
    progress = progress or Silent()
    paths = [path for path in adopted.adoption.plan.code_files if path in adopted.coverage.files]
    language = adopted.language
    for path, reason in adopted.adoption.plan.left_alone:
        progress.say(f"not broken: {path} {reason}")
    found: dict[str, list[Site]] = {}
    with stage(progress, "break", len(paths)):
        for path in paths:
            for site in covered_breaks(adopted, path):
                found.setdefault(site.family, []).append(site)
            progress.advance()
    settings = adopted.settings.tasks
    most = TRIES_PER_TASK * settings.count
    # Checking that a break is Python, differs and is new costs most, so only what is drawn is.
    sites = whole_blocks(most)
    drawn = choose(found, 2 * sites, settings.seed, settings.families)
    texts = cache(lambda path: language.source(path, adopted.tree.read(path)))
    single = list(itertools.islice(language.worthy(drawn, texts), sites))
    if not single:
        raise AdoptError(
            "nothing to break: the tests go through none of the code",
            "Check [tests] paths and [code] include in journeyman.toml.",
        )
    together = coupled(adopted, paths)
    made = mingled(single, adopted.tree.read, together, settings.seed, settings.families)
    return list(itertools.islice(made, most))


def coupled(adopted: Adopted, paths: Sequence[str]) -> list[Coupled]:
    """Return the places that belong together: one calls the other, or they changed together."""
    calling = calls({path: adopted.tree.read(path) for path in paths})
    commits = adopted.checkout.git.log(adopted.tree.commit, LOOK_BACK)
    return [*calling, *changed_together(commits, paths)]


def covered_breaks(adopted: Adopted, path: str) -> Iterator[Site]:
    """Yield the unchecked breaks of one file that a test goes through, in a fixed order.

    Nothing of the parsed file is held after the last of them: sites are plain data.
    """
    source = adopted.language.source(path, adopted.tree.read(path))
    lines = sorted(adopted.coverage.files[path])
    try:
        for site in adopted.language.sites(source):
            if any(
                bisect_left(lines, first) < bisect_right(lines, last) for first, last in site.lines
            ):
                yield site
    except UnparsableError:
        return


def prove_tasks(
    adopted: Adopted, breaks: Sequence[Break], progress: Progress | None = None
) -> list[Tried]:
    """Try breaks in order until as many tasks are proven as are wanted; return every try."""
    progress = progress or Silent()
    wanted = adopted.settings.tasks.count
    tried: list[Tried] = []
    proven = 0
    with stage(progress, "prove", wanted):
        for result in _tries(adopted, breaks):
            tried.append(result)
            if result.head is not None:
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


def _tries(adopted: Adopted, breaks: Sequence[Break]) -> Iterator[Tried]:
    """Yield what becomes of each break, in order, from the store as far as that goes."""
    prover = Prover(
        repository=adopted.adoption.name,
        base=adopted.tree.commit,
        grader=adopted.grader,
        baseline=adopted.baseline,
        coverage=adopted.coverage,
        runs=adopted.settings.tasks.runs,
        read=adopted.tree.read,
        sieve=Sieve(adopted.quick) if adopted.quick is not None else None,
        label=adopted.language.label,
        select=adopted.language.select,
    )

    def key(one: Break) -> str:
        return f"{adopted.suite.settings.identity}-{prover.runs}-{one.key}"

    def recall(one: Break) -> Tried | None:
        return adopted.store.get_record("tried", key(one), Tried)

    def attempt(one: Break) -> Tried:
        made = prover.prove(one)
        if made.task is not None:
            remember(adopted.store, made.task)
        adopted.store.put_record("tried", key(one), made.light)
        return made.light

    yield from resumed_map(recall, attempt, breaks, adopted.workers)


def tasks_of(adopted: Adopted, tried: Iterable[Tried]) -> Taskset:
    """Return the proven tasks of the ledger, in the order they were proven."""
    heads = {entry.head.id: entry.head for entry in tried if entry.head is not None}
    return Taskset.stored(adopted.store, heads.values())


def ledger(tried: Iterable[Tried]) -> tuple[LedgerRow, ...]:
    """Return what became of the tries, by source, language and family."""
    entries: dict[tuple[str, str, str], list[Tried]] = {}
    for entry in tried:
        entries.setdefault((entry.source, entry.language, entry.family), []).append(entry)
    return tuple(_row(*key, own) for key, own in sorted(entries.items()))


def _row(source: str, language: str, family: str, own: Sequence[Tried]) -> LedgerRow:
    counts: Counter[Outcome] = Counter(entry.outcome for entry in own)
    told: tuple[Outcome, ...] = (
        *("valid", "survived", "flaky", "duplicate", "unfinished", "gameable", "too easy"),
    )
    return LedgerRow(
        source=source,
        language=language,
        family=family,
        quiet=own[0].quiet,
        tried=len(own),
        valid=counts["valid"],
        survived=counts["survived"],
        flaky=counts["flaky"],
        too_easy=counts["too easy"],
        duplicate=counts["duplicate"],
        too_slow=counts["unfinished"],
        invalid=counts["gameable"],
        other=len(own) - sum(counts[outcome] for outcome in told),
        seconds=round(sum(entry.seconds for entry in own), 2),
    )


def ask_history(adopted: Adopted, progress: Progress | None = None) -> list[Tried]:
    """Return what became of the later commits that look like fixes: the exam's real questions."""
    fixes = later_fixes(adopted.checkout.git, adopted.adoption.head, adopted.adoption.fixes)
    archive = Archive(
        adopted.project,
        adopted.settings,
        adopted.checkout,
        adopted.store,
        adopted.courts,
        adopted.workers,
    )
    return ask(archive, fixes[::-1], progress)


def split_tasks(adopted: Adopted, tasks: Taskset) -> Split:
    """Keep practice, validation and held-out tasks apart, near-duplicate functions on one side."""
    paths = sorted({head.place.path for head in tasks.heads if head.source != "history"})
    language = adopted.language
    found = [item for path in paths for item in language.functions(path, adopted.read(path) or "")]
    pairs = language.near_duplicates(texts_by_key(found))
    return split(tasks.heads, pairs, adopted.settings.tasks.seed)
