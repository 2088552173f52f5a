"""Where things live: one folder a workspace, one folder in it for each adopted repository.

::

    .journeyman/
        .gitignore              so that no repository ever sees it
        <name>/                 one adopted repository
            repository/         our own copy of its history (bare)
            base/               trees of commits, read-only by convention
            environment/        its virtual environment and lock
            store/              SQLite file and content-addressed objects
            report.html, report.json
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import UserError

DEFAULT = ".journeyman"


@dataclass(frozen=True)
class Project:
    """The folder of one adopted repository."""

    root: Path

    @property
    def name(self) -> str:
        """The repository's name in this workspace."""
        return self.root.name

    def folder(self, name: str) -> Path:
        """Return (and make) a folder of the project."""
        path = self.root / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the project for one process at a time.

        Raises:
            UserError: Another process is at work on it.
        """
        with (self.root / ".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UserError(
                    f"another journeyman is at work on {self.name}",
                    "Wait until it has ended, or use another --workspace.",
                ) from None
            yield


class Workspace:
    """The folder that holds everything Journeyman writes."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def project(self, name: str) -> Project:
        """Return the project called `name`, making its folder.

        Raises:
            UserError: The workspace cannot be written, or its disk is all but full.
        """
        root = self.root / name
        try:
            root.mkdir(parents=True, exist_ok=True)
            (self.root / ".gitignore").write_text("*\n")
        except OSError as error:
            raise UserError(
                f"the workspace {self.root} cannot be written: {error.strerror}",
                "Choose another folder with --workspace.",
            ) from error
        self._room()
        return Project(root)

    def existing(self, name: str | None = None) -> Project:
        """Return the project called `name`, or the only one there is.

        A source that could not be adopted leaves a folder without a store; it does not count.

        Raises:
            UserError: There is none, or there are several and no name was given.
        """
        names = sorted(
            entry.name
            for entry in (os.scandir(self.root) if self.root.is_dir() else ())
            if Path(entry.path, "store").is_dir()
        )
        if name is None and len(names) == 1:
            return Project(self.root / names[0])
        if name in names:
            return Project(self.root / str(name))
        listed = ", ".join(names) or "nothing has been adopted yet"
        raise UserError(
            f"which repository? {self.root} holds: {listed}",
            "Name one with --project, or adopt one: journeyman adopt SOURCE.",
        )

    def _room(self, need_mb: int = 200) -> None:
        free = shutil.disk_usage(self.root).free >> 20
        if free < need_mb:
            raise UserError(
                f"the disk of {self.root} is all but full ({free} MB left, {need_mb} MB needed)",
                "Make room, or choose another folder with --workspace.",
            )
