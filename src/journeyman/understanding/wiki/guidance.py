"""What a team says itself about its code: the ``[wiki]`` table of the repository's journeyman.toml.

::

    [wiki]
    imitate = ["src/shop/orders/**"]
    avoid = ["src/shop/legacy/**"]
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass

from journeyman.errors import SettingsError
from journeyman.records import digest
from journeyman.repository.globs import matches

FILE = "journeyman.toml"


@dataclass(frozen=True)
class Guidance:
    """Globs of files to imitate and to stay away from; they have the last word."""

    imitate: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A digest of it."""
        return digest([self.imitate, self.avoid])

    def says(self, path: str) -> str:
        """Return ``imitate`` or ``avoid`` where the team says so, else nothing."""
        if matches(path, self.avoid):
            return "avoid"
        return "imitate" if matches(path, self.imitate) else ""


def read_guidance(text: str) -> Guidance:
    """Read the table from the text of a settings file; nothing where there is none.

    Raises:
        SettingsError: The file is malformed, or the table holds something else.
    """
    try:
        table = tomllib.loads(text).get("wiki", {})
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{FILE}: malformed TOML: {error}.", "Correct that line of the repository's file."
        ) from None
    if not isinstance(table, dict):
        raise SettingsError(f"{FILE}: wiki is no table.", "Write [wiki] and its keys under it.")
    found = {}
    for key, value in table.items():
        if key not in ("imitate", "avoid"):
            raise SettingsError(f"{FILE}: unknown key wiki.{key}.", "Known here: imitate, avoid.")
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise SettingsError(
                f"{FILE}: wiki.{key} is no list of globs.", f'Write {key} = ["src/old/**"].'
            )
        found[key] = tuple(value)
    return Guidance(**found)
