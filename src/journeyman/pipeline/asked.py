"""Ask a source's whole recent history, and say what share of it became proven questions.

Works on a source as it is, adopted or not. What is practised on plays no part here: which questions
an exam may ask is decided when a repository is adopted (see `later_fixes`).
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from journeyman.pipeline.adopt import isolation, project_name
from journeyman.pipeline.history import Archive, ask, opened, wanted
from journeyman.progress import Progress, Silent
from journeyman.records.tried import Tried
from journeyman.repository.adoption import current
from journeyman.repository.source import fetch, fetched, settled
from journeyman.settings import Settings
from journeyman.tasks.history.candidate import Candidate, Kind, Walked
from journeyman.workspace import Project, Workspace

RELEASES = 20
"""Releases of a ``pypi:`` source that make its history, where settings name no number."""


@dataclass(frozen=True)
class Asked:
    """What became of a history: every candidate with its entry, newest first."""

    name: str
    walked: Walked
    entries: tuple[tuple[Candidate, Tried], ...]
    seconds: float
    notes: tuple[str, ...] = ()

    def of(self, kind: Kind) -> list[Tried]:
        """Return the entries of the fixes, or of the features."""
        return [entry for candidate, entry in self.entries if candidate.kind == kind]

    def counts(self, kind: Kind) -> tuple[int, int]:
        """Return how many changes there are of a kind, and how many became proven questions."""
        entries = self.of(kind)
        return len(entries), sum(entry.task is not None for entry in entries)

    def reasons(self, kind: Kind) -> dict[str, int]:
        """Return why the others did not, most frequent first, without what differs each time."""
        found = Counter(gist(entry.why) for entry in self.of(kind) if entry.task is None)
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def ask_source(
    source: str,
    workspace: Workspace,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Asked:
    """Fetch a source and prove what its history gives; what was done before is re-used.

    Args:
        source: As for `adopt`. Of ``pypi:`` sources, releases become the history.

    Raises:
        UserError: With what to do about it: `SourceError`, `IsolationError`, …
    """
    settings = with_releases(source, settings or Settings())
    source = settled(source)
    project = workspace.project(project_name(source))
    with _fetched(source, project, settings, workers) as archive:
        return _asked(archive, progress or Silent())


def ask_project(
    project: Project,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Asked:
    """Prove what the history of an adopted project gives, up to the commit it was adopted at.

    Raises:
        UserError: Nothing was adopted there.
    """
    before = current(project)
    chosen = settings or before.settings
    checkout = fetched(project.folder("repository"), before.head)
    how_many = workers or os.cpu_count() or 1
    with opened(project, chosen, checkout, isolation(chosen).name, how_many) as archive:
        return _asked(archive, progress or Silent())


def with_releases(source: str, settings: Settings) -> Settings:
    """Return the settings with a number of releases, where a source has no other history."""
    if not source.startswith("pypi:") or settings.history.releases > 1:
        return settings
    history = settings.history.model_copy(update={"releases": RELEASES})
    return settings.model_copy(update={"history": history})


def gist(why: str) -> str:
    """Return a reason without what differs from change to change."""
    return re.split(r": | \(", why)[0]


@contextmanager
def _fetched(
    source: str, project: Project, settings: Settings, workers: int | None
) -> Iterator[Archive]:
    tier = isolation(settings).name
    checkout = fetch(
        source,
        project.folder("repository"),
        index=settings.environment.index_url,
        offline=settings.environment.offline,
        releases=settings.history.releases,
    )
    with opened(project, settings, checkout, tier, workers or os.cpu_count() or 1) as archive:
        yield archive


def _asked(archive: Archive, progress: Progress) -> Asked:
    started = time.perf_counter()
    walked = archive.survey()
    candidates = wanted(walked, archive.settings)
    entries = ask(archive, candidates, progress)
    return Asked(
        name=archive.project.name,
        walked=walked,
        entries=tuple(zip(candidates, entries, strict=True)),
        seconds=time.perf_counter() - started,
        notes=archive.checkout.notes,
    )
