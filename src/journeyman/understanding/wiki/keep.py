"""A wiki on disk: one JSON file, replaced in one step, so that it is whole or as it was before."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from journeyman.errors import UserError
from journeyman.understanding.wiki.page import (
    Citation,
    Claim,
    Diagram,
    Edge,
    Node,
    Page,
    Section,
    Table,
    Wiki,
)
from journeyman.understanding.wiki.write import Kept

FORMAT = 1
"""Changes with what a page is made of and how it is made; older wikis are made anew."""

_FILE = "wiki.json"


def save(folder: Path, repository: str, kept: tuple[Kept, ...]) -> None:
    """Keep a wiki in `folder`.

    Raises:
        UserError: It cannot be written.
    """
    held = {"format": FORMAT, "repository": repository, "pages": [asdict(one) for one in kept]}
    partial = folder / f"{_FILE}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8") as file:
            json.dump(held, file, ensure_ascii=True)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(folder / _FILE)
    except OSError as error:
        raise UserError(
            f"the wiki cannot be written to {folder}: {error.strerror}",
            "Make room, or choose another --workspace.",
        ) from error


def load(folder: Path) -> tuple[Kept, ...]:
    """Return the pages of the wiki in `folder`; none where there is no wiki that can be read."""
    try:
        held = json.loads((folder / _FILE).read_text("utf-8"))
        if held["format"] != FORMAT:
            return ()
        return tuple(_kept(one) for one in held["pages"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def wiki_in(folder: Path, repository: str) -> Wiki | None:
    """Return the wiki that is kept in `folder`, or `None` where there is none."""
    pages = tuple(one.page for one in load(folder))
    return Wiki(repository, pages[0].commit, pages) if pages else None


def corrections_in(folder: Path) -> dict[str, str]:
    """Return what people wrote about pages in ``SLUG.md`` files of a folder, by slug."""
    if not folder.is_dir():
        return {}
    return {
        path.stem: path.read_text("utf-8", "replace")
        for path in sorted(folder.glob("*.md"))
        if path.is_file()
    }


def _kept(held: Mapping[str, Any]) -> Kept:
    return Kept(
        page=_page(held["page"]),
        asked=tuple(held["asked"]),
        inputs=held["inputs"],
        made=held["made"],
        failed=tuple((_claim(claim), why) for claim, why in held["failed"]),
    )


def _page(held: Mapping[str, Any]) -> Page:
    return Page(**{**held, "sections": tuple(_section(one) for one in held["sections"])})


def _section(held: Mapping[str, Any]) -> Section:
    table, diagram = held["table"], held["diagram"]
    return Section(
        held["heading"],
        tuple(_claim(one) for one in held["claims"]),
        _table(table) if table else None,
        _diagram(diagram) if diagram else None,
    )


def _claim(held: Mapping[str, Any]) -> Claim:
    return Claim(**{**held, "cites": tuple(Citation(**one) for one in held["cites"])})


def _table(held: Mapping[str, Any]) -> Table:
    return Table(tuple(held["head"]), tuple(tuple(row) for row in held["rows"]))


def _diagram(held: Mapping[str, Any]) -> Diagram:
    nodes = tuple(Node(**one) for one in held["nodes"])
    return Diagram(held["caption"], nodes, tuple(Edge(**one) for one in held["edges"]))
