"""Write a wiki as files that a browser opens from disk; search over its pages included."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import UserError
from journeyman.understanding.wiki.page import Wiki
from journeyman.web.app import ASSETS, asset
from journeyman.web.atlas import Atlas, as_script
from journeyman.web.code import Code
from journeyman.web.links import Names, Written
from journeyman.web.render import Renderer
from journeyman.web.site import Site
from journeyman.web.text import page_text

_MARK = "journeyman-site"
"""The file that says that a folder was written by `export`, and may be replaced."""

_MOST_SYMBOLS = 60


@dataclass(frozen=True)
class Exported:
    """What was written: counts of wiki pages and of code pages, and bytes in all."""

    folder: Path
    pages: int
    code: int
    size: int


def export(wiki: Wiki, folder: Path, code: Code, atlas: Atlas) -> Exported:
    """Write a wiki, the files it cites and the graph; the folder is swapped in when all is there.

    Raises:
        UserError: The folder is there and was not written by `export`, or cannot be written.
    """
    folder = folder.absolute()
    _refuse_taken(folder)
    site = Site(wiki)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        new = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written: {error.strerror}", "Choose another folder."
        ) from error
    try:
        cited = 0
        for name, text in _files(site, code, atlas):
            cited += name.startswith("code/")
            place = new / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode("utf-8", "replace"))
        for name in ASSETS:
            place = new / "assets" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(asset(name))
        (new / _MARK).write_text(f"{wiki.repository} {wiki.commit}\n", "utf-8")
        size = sum(place.stat().st_size for place in new.rglob("*") if place.is_file())
        new.chmod(0o755)
        _swap(new, folder)
    except OSError as error:
        raise UserError(
            f"{folder} cannot be written: {error.strerror}",
            "Make room or choose another folder; what was there is as it was.",
        ) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return Exported(folder, len(wiki.pages), cited, size)


def _files(site: Site, code: Code, atlas: Atlas) -> Iterator[tuple[str, str]]:
    """Yield the name and text of everything that depends on the wiki."""
    lines = {path: found for path in _spoken_of(site) if (found := code.show(path)) is not None}
    names = Names(site.front, site.pages, lines)
    top = Written(names)
    front = Renderer(site, top)
    for slug, page in site.pages.items():
        name = names.pages[slug]
        yield f"{name}.html", _renderer(site, names, name).page(page)
        yield f"{name}.txt", page_text(page)
    for path, found in lines.items():
        name = names.code[path]
        yield f"{name}.html", _renderer(site, names, name).code(found)
    if not site.front:
        yield "index.html", front.listing("All pages", "pages", [])
    yield "pages.html", front.listing("All pages", "pages", site.kinds)
    yield "people.html", front.listing("People", "people", [("People", site.of_kind("person"))])
    yield "search.html", front.search("")
    yield "graph.html", front.graph(atlas, top.asset("atlas.js"))
    yield "assets/atlas.js", as_script(atlas, site, top)
    yield "assets/pages.js", _page_index(site, top)


def _renderer(site: Site, names: Names, name: str) -> Renderer:
    return Renderer(site, Written(names, name.count("/")))


def _spoken_of(site: Site) -> list[str]:
    """Return the files whose lines are written: those that are cited or have a page."""
    pages = (site.path_of(page) for page in site.of_kind("file"))
    return sorted({*site.mentions, *pages})


def _page_index(site: Site, links: Written) -> str:
    rows = [
        [
            page.title.replace("`", ""),
            page.kind,
            links.page(page.slug),
            page.summary.replace("`", ""),
            " ".join(site.symbols_of(page)[:_MOST_SYMBOLS]),
        ]
        for page in site.wiki.pages
    ]
    text = json.dumps(rows, separators=(",", ":")).replace("<", "\\u003c")
    return f"window.journeymanPages = {text};\n"


def _refuse_taken(folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    mine = folder.is_dir() and ((folder / _MARK).is_file() or not any(folder.iterdir()))
    if folder.is_symlink() or not mine:
        raise UserError(
            f"{folder} is there already and was not written by this command",
            "Name a folder that is not there yet, or an older export.",
        )


def _swap(new: Path, folder: Path) -> None:
    """Put a finished folder where another may be; that one goes when the new one is there."""
    if not folder.exists():
        new.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    try:
        folder.rename(old / "was")
        try:
            new.rename(folder)
        except OSError:
            (old / "was").rename(folder)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
