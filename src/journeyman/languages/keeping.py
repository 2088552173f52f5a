"""Environments that are built once and kept under the digest of what is in them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from journeyman.repository.environment import Environment
from journeyman.repository.installation import visible
from journeyman.repository.partial import partial

DESCRIPTION = "environment.json"


def keep(
    directory: Path, key: str, folders: tuple[Path, ...], make: Callable[[Path], Environment]
) -> Environment:
    """Return the environment called `key` below `directory`; `make` it if it is not there.

    Args:
        folders: Further host folders that sandboxes show where they are; what the machine's
            programs need to run. Those below ``/usr`` are in sight anyway.
        make: Fills a folder: ``venv`` is what sandboxes show at ``/env``, ``additions`` are files
            that the base tree gets. Whatever it leaves half-done when it raises is removed.
    """
    target = directory.resolve() / key
    if not (target / DESCRIPTION).is_file():
        with partial(target) as work:
            for name in ("venv", "additions"):
                (work / name).mkdir()
            (work / DESCRIPTION).write_text(make(work).model_dump_json(indent=1), "utf-8")
    found = Environment.model_validate_json((target / DESCRIPTION).read_text("utf-8"))
    shown = [place for folder in (Path(sys.base_prefix), *folders) for place in visible(folder)]
    return found.model_copy(
        update={
            "python": str(Path(sys.executable).resolve()),
            "venv": str(target / "venv"),
            "additions": str(target / "additions"),
            "visible": tuple(dict.fromkeys(shown)),
        }
    )
