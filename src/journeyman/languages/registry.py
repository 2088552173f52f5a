"""The languages there are: the built-in ones, and others' through entry points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.metadata import entry_points

from journeyman.errors import SettingsError
from journeyman.languages.language import Language

ENTRY_POINTS = "journeyman.languages"


@cache
def languages() -> tuple[Language, ...]:
    """Return the built-in languages, then the installed third-party ones by name.

    Raises:
        SettingsError: Two languages share a name, or a plug-in is no language.
    """
    from journeyman.languages.javascript import JavaScript
    from journeyman.languages.python import Python
    from journeyman.languages.rust import Rust

    found: list[Language] = [Python(), JavaScript(), Rust()]
    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        loaded = point.load()
        language = loaded if isinstance(loaded, Language) else loaded()
        if not isinstance(language, Language):
            raise SettingsError(
                f"The entry point {point.name!r} of {ENTRY_POINTS} gives {language!r}, "
                "which is no language.",
                "A language derives from journeyman.languages.Language.",
            )
        found.append(language)
    names = [language.name for language in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(
            f"More than one language is called {', '.join(twice)}.",
            "Uninstall one of the packages, or rename its language.",
        )
    return tuple(found)


def by_name(name: str) -> Language:
    """Return the language called `name`; raises `SettingsError` where there is none."""
    for language in languages():
        if language.name == name:
            return language
    raise SettingsError(
        f"There is no language called {name!r}.",
        f"Known are {', '.join(language.name for language in languages())}.",
    )


def choose(paths: Sequence[str], wanted: str | None = None) -> Language:
    """Return the language of a repository with these files: `wanted`, or that of most tests.

    Python where no language sees a test; what it then says of the repository is true of all.
    """
    if wanted is not None:
        return by_name(wanted)
    counts = [_tests(language, paths) for language in languages()]
    return languages()[counts.index(max(counts))]


def _tests(language: Language, paths: Sequence[str]) -> int:
    kinds = language.kinds
    return sum(path.endswith(kinds.suffixes) and kinds.is_test(path) for path in paths)
