"""Directories that are either whole or not there.

Work happens in a sibling named after this process and is renamed at the end, so that an error,
Ctrl-C or a full disk leaves nothing, and what a killed process left is swept by the next one.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from journeyman.errors import UserError

_MARK = ".partial-"


@contextmanager
def partial(target: Path) -> Iterator[Path]:
    """Give an empty directory that becomes `target` when the block ends without an error.

    Where `target` exists by then, it stays and the new one is dropped: both were made from the
    same input. Raises `UserError` for a full disk.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target.parent)
    work = target.with_name(f"{target.name}{_MARK}{os.getpid()}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
        if not target.exists():
            work.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UserError(
            f"{target.parent}: the disk is full.", "Free some space and run again."
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sweep(directory: Path) -> None:
    """Remove what processes that are no more left unfinished in `directory`."""
    for left in directory.glob(f"*{_MARK}*"):
        process = left.name.rpartition(_MARK)[2]
        if process.isdigit() and not _alive(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
