"""The address of every page, the same on every build."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from journeyman.records import digest

OVERVIEW = "overview"


def folder_slugs(folders: Iterable[str]) -> dict[str, str]:
    """Return folder to address; two that would have the same are told apart by a digest."""
    plain = {folder: f"folder-{_plain(folder)}" for folder in folders}
    often = Counter(plain.values())
    return {
        folder: slug if often[slug] == 1 else f"{slug}-{digest(folder)[:4]}"
        for folder, slug in plain.items()
    }


def file_slug(path: str) -> str:
    """Return the address of a file's page."""
    return f"file-{_plain(path)}-{digest(path)[:6]}"


def _plain(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[-80:].strip("-") or "root"


def to_page(text: str, slug: str) -> str:
    """Return a table's cell that leads to a page."""
    return f"[{text.replace('[', '(').replace(']', ')')}]({slug})"


def to_code(path: str, line: int = 0) -> str:
    """Return a table's cell that leads to code."""
    place = path.replace("`", "'")
    return f"`{place}:{line}`" if line else f"`{place}`"
