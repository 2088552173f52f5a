"""The tier called ``none``: no isolation at all, for code that is trusted with the user's rights.

Limits, copy-on-write (by copying) and the end of a run's processes are kept; namespaces are not:
such code sees the user's files and the network, can signal the user's processes, and can leave
files behind outside the tree. It is used only when it is asked for by name.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

TIER = "none"

WARNING = (
    "WARNING: running WITHOUT ISOLATION. The repository's code and its tests run with your own "
    "rights: they can read and change your files and use the network. Grading is weaker too: the "
    "answer can be read from the disk. Do this only with code you trust."
)


class Scratch:
    """The folder in which one unisolated server's runs happen, one after the other."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="journeyman-", ignore_cleanup_errors=True)
        self.repository = Path(self._folder.name).resolve() / "repo"
        """Where the copy of the tree lies during a run; there is none in between."""

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment variables of a server: the sandbox's, with the user's PATH."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.repository.parent),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            **more,
        }

    def remove(self) -> None:
        """Remove the folder and everything in it."""
        self._folder.cleanup()
