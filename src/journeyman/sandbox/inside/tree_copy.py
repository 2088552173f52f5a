"""A fresh copy of the base tree for every run, where there is no overlay to be had.

What is in the tree is listed once; then each copy is five calls a file, and the kernel moves the
bytes itself: the answer to a task never passes through the memory that a run inherits.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat


class Copy:
    """Lays copies of the tree at `base`, which does not change meanwhile.

    Args:
        user: Who is to own them; `None` for whoever makes them.
    """

    def __init__(self, base: str, user: int | None = None) -> None:
        self._base = base
        self._user = user
        self._folders: list[tuple[str, int]] = []
        self._files: list[tuple[str, int, int, int]] = []
        self._links: list[tuple[str, str]] = []
        self._list("")
        self.room = sum(size + 4095 & ~4095 for *_, size in self._files)
        """How many bytes a copy takes, about."""

    def lay(self, target: str) -> None:
        """Lay a copy in the empty folder `target`."""
        before = os.umask(0)
        try:
            for name, mode in self._folders:
                os.mkdir(f"{target}/{name}", mode | 0o700)
                self.own(f"{target}/{name}")
            for name, mode, time_ns, size in self._files:
                self._copy(f"{self._base}/{name}", f"{target}/{name}", mode, time_ns, size)
            for name, leads in self._links:
                os.symlink(leads, f"{target}/{name}")
                self.own(f"{target}/{name}")
        finally:
            os.umask(before)

    def own(self, path: str) -> None:
        """Give a file or folder to the user whose run it is for."""
        if self._user is not None:
            os.chown(path, self._user, self._user, follow_symlinks=False)

    def _copy(self, source: str, target: str, mode: int, time_ns: int, size: int) -> None:
        reading = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            writing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
            try:
                done = 0
                while done < size:
                    moved = os.sendfile(writing, reading, done, size - done)
                    if moved == 0:
                        break
                    done += moved
                os.utime(writing, ns=(time_ns, time_ns))
                if self._user is not None:
                    os.fchown(writing, self._user, self._user)
            finally:
                os.close(writing)
        finally:
            os.close(reading)

    def _list(self, folder: str) -> None:
        with os.scandir(f"{self._base}/{folder}") as entries:
            for entry in entries:
                name = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_symlink():
                    self._links.append((name, os.readlink(entry.path)))
                    continue
                state = entry.stat(follow_symlinks=False)
                mode = stat.S_IMODE(state.st_mode)
                if entry.is_dir():
                    self._folders.append((name, mode))
                    self._list(name)
                elif entry.is_file():
                    self._files.append((name, mode, state.st_mtime_ns, state.st_size))


def make_empty(folder: str, kept: list[str]) -> None:
    """Leave an empty folder there: a new one, or the old one where something is mounted on it.

    To be called when no process of a run is left. `kept` are places that may lie below a mounted
    folder and are not the run's. Raises `OSError` where it cannot be emptied.
    """
    if os.path.ismount(folder):
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if not any(f"{place}/".startswith(f"{path}/") for place in kept):
                _remove(path)
        return
    if os.path.lexists(folder):
        _remove(folder)
    os.mkdir(folder)


def _remove(path: str) -> None:
    """Remove a file or a folder with all in it, also where its owner closed it to himself."""
    if os.path.islink(path) or not os.path.isdir(path):
        os.unlink(path)
        return
    with contextlib.suppress(OSError):
        shutil.rmtree(path)
        return
    os.chmod(path, 0o700)
    for folder, folders, _ in os.walk(path):
        for name in folders:
            below = os.path.join(folder, name)
            if not os.path.islink(below):
                os.chmod(below, 0o700)
    shutil.rmtree(path)


def used_bytes(folder: str) -> int:
    """Return the room that files below `folder` take."""
    total = 0
    for above, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(above, name)).st_blocks * 512
    return total
