"""Observed calls as a test file that a person may read and commit."""

from __future__ import annotations

import re
from collections.abc import Sequence

from journeyman.tasks.written.characterise import Character, Observed
from journeyman.tasks.written.words import render

__test__ = False


def test_module(characters: Sequence[Character]) -> str:
    """Return a test file for functions of one module."""
    module = characters[0].module
    names = {character.function.split(".")[0] for character in characters}
    raised = [one for c in characters for one in c.kept if one.how == "raised"]
    own = {one.what.partition(":")[2] for one in raised if not one.what.startswith("builtins:")}
    return render(
        "characterised",
        module=module,
        names=sorted(names | own),
        raises=bool(raised),
        functions=[
            {"name": test_name(c.function), "returned": _asserts(c.kept), "raised": _raises(c.kept)}
            for c in characters
        ],
    )


test_module.__test__ = False  # type: ignore[attr-defined]


def test_name(function: str) -> str:
    """Return what the tests of a function are called, without ``test_``."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", function.replace(".", "_"))
    return re.sub(r"_+", "_", words).strip("_").lower()


test_name.__test__ = False  # type: ignore[attr-defined]


def _asserts(kept: Sequence[Observed]) -> list[str]:
    said = []
    for one in kept:
        call = f"list({one.call})" if one.how == "listed" else one.call
        if one.how != "raised":
            same = "is" if one.what in ("True", "False", "None") else "=="
            said.append(f"assert {call} {same} {one.what}")
    return said


def _raises(kept: Sequence[Observed]) -> list[tuple[str, str]]:
    return [(one.what.partition(":")[2], one.call) for one in kept if one.how == "raised"]
