"""What the server needs beyond the rest of Journeyman, asked for when it is used."""

from __future__ import annotations

from importlib import import_module

from journeyman.errors import UserError


def need_web() -> None:
    """Make sure that the packages of the extra ``web`` are there.

    Raises:
        UserError: They are not.
    """
    for name in ("starlette", "uvicorn"):
        try:
            import_module(name)
        except ImportError:
            raise UserError(
                f"serving pages needs the package {name}, which is not installed",
                "Install it: pip install 'journeyman[web]'. Writing the pages to a folder"
                " (export) works without it.",
            ) from None
