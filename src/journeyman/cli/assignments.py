"""Settings on the command line: ``section.key=value``, where the value is TOML or bare text."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from journeyman.errors import SettingsError
from journeyman.settings import load


def parse_assignments(assignments: Sequence[str]) -> dict[str, Any]:
    """Return ``section.key=value`` options as overrides; values are TOML, or bare text.

    Raises:
        SettingsError: One of them has no ``=`` or no section.
    """
    found: dict[str, Any] = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or key.count(".") != 1:
            raise SettingsError(
                f"--set {assignment}: not understood", "Write --set section.key=value."
            )
        found[key.strip()] = _value(key.strip(), value.strip())
    return found


def _value(key: str, text: str) -> Any:
    """Return what `text` says as TOML, or as it stands where only that fits (``python=3.11``)."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return value if _fits(key, value) or not _fits(key, text) else text


def _fits(key: str, value: Any) -> bool:
    try:
        load(None, {key: value})
    except SettingsError:
        return False
    return True
