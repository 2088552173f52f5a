"""Open the index of a repository on this machine, brought up to date first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import LanguageServerError, UserError
from journeyman.progress import Progress
from journeyman.records import digest
from journeyman.repository.git import Git
from journeyman.understanding.graph.settled import settle
from journeyman.understanding.index.index import Index, Update
from journeyman.understanding.index.places import InFolder, Place, place_of
from journeyman.workspace import Project, Workspace

_SOURCE = "source"


@dataclass(frozen=True)
class Understood:
    """An index that is up to date: of which repository, from where, and what was done for it."""

    name: str
    index: Index
    place: Place
    git: Git | None
    update: Update


@contextmanager
def understood(
    source: str, workspace: Workspace, *, workers: int = 2, progress: Progress | None = None
) -> Iterator[Understood]:
    """Bring the index of the repository at `source`, a folder, up to date and open it.

    Raises:
        UserError: There is no such folder, another process is at work on its index, or the
            workspace cannot be written.
    """
    place, git = place_of(source)
    project = _project(Path(source).expanduser().resolve(), workspace)
    with project.locked(), Index(project.folder("index")) as index:
        update = index.bring_up_to_date(place, git, workers=workers, progress=progress)
        yield Understood(project.name, index, place, git, update)


def settle_calls(known: Understood, progress: Progress | None = None) -> None:
    """Have a language server say what each Python call means, for the files as they are now.

    Raises:
        UserError: There is no work tree to show to a server, or no server.
    """
    if not isinstance(known.place, InFolder):
        raise UserError(
            f"{known.name} has no work tree that a language server could read",
            "Check it out (git clone) and give that folder.",
        )
    try:
        settle(known.index.store, known.place.root, progress)
    except LanguageServerError as error:
        raise UserError(error.message, error.cure) from error
    known.index.changes += 1


def _project(root: Path, workspace: Workspace) -> Project:
    """Return the project that a folder's index lies in: its name's, or one of its own."""
    name = root.parent.name if root.name in ("repo", ".git") else root.name
    name = name.removesuffix(".git") or "root"
    for candidate in (name, f"{name}-{digest([str(root)])[:6]}"):
        project = workspace.project(candidate)
        mark = project.folder("index") / _SOURCE
        if not mark.exists():
            mark.write_text(f"{root}\n", "utf-8")
        if mark.read_text("utf-8").strip() == str(root):
            return project
    return project
