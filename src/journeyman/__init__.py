"""Journeyman grows a software engineer out of a repository its user owns.

The public names load on first use, so that importing the package costs next to nothing::

    from journeyman import Settings, Workspace, grow
    grown = grow("pypi:boltons==25.0.0", Workspace(Path(".journeyman")))
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from journeyman.pipeline.adopt import adopt, reopen
    from journeyman.pipeline.adopted import Adopted
    from journeyman.pipeline.grow import grow
    from journeyman.settings import Settings
    from journeyman.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "Adopted": "journeyman.pipeline.adopted",
    "Settings": "journeyman.settings",
    "Workspace": "journeyman.workspace",
    "adopt": "journeyman.pipeline.adopt",
    "grow": "journeyman.pipeline.grow",
    "reopen": "journeyman.pipeline.adopt",
}

__all__ = ["Adopted", "Settings", "Workspace", "__version__", "adopt", "grow", "reopen"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'journeyman' has no attribute {name!r}")
