"""A small wiki, its code and its graph, with hostile names wherever a repository can put one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from journeyman.records import digest
from journeyman.understanding.search.facts import Facts
from journeyman.understanding.search.region import Region
from journeyman.understanding.search.reply import Reply, Statement
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
from journeyman.web.app import Shown
from journeyman.web.atlas import Atlas, draw
from journeyman.web.code import Lines, shown
from journeyman.web.site import Site

COMMIT = "ab" * 20
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
HOSTILE_PATH = 'src/a"b<script>.py'
FILES = {
    "src/prices.py": "def total(items):\n    return sum(items)\n\n\ndef shown(total):\n    pass\n",
    "src/basket.py": "from prices import total\n\n\nclass Basket:\n    pass\n",
    "tests/test_prices.py": "from prices import total\n",
    "README.md": f"# Shop\n{HOSTILE}\n",
    HOSTILE_PATH: f"# {HOSTILE}\n",
}


def cite(path: str, first: int, last: int) -> Citation:
    lines = FILES[path].split("\n")[first - 1 : last]
    return Citation(COMMIT, path, first, last, digest("\n".join(lines)))


def wiki() -> Wiki:
    total = Claim(
        "defines",
        "Defines the function `total`.",
        "src/prices.py",
        "src/prices.py::total",
        (cite("src/prices.py", 1, 2),),
    )
    prose = Claim(
        "prose",
        f"A basket adds its items up, see `src/prices.py:1-2` and {HOSTILE}",
        cites=(cite("src/basket.py", 4, 5), cite(HOSTILE_PATH, 1, 1)),
    )
    table = Table(
        ("File", "Lines"),
        (
            ("[Prices](files/src/prices.py)", "6"),
            ("[evil](javascript:alert(1))", "`src/basket.py:4`"),
            (HOSTILE, "1,200"),
        ),
    )
    diagram = Diagram(
        f"Imports {HOSTILE}",
        (
            Node("a", "basket.py", "files/src/basket.py"),
            Node("b", "prices.py", "files/src/prices.py"),
            Node("c", HOSTILE, "javascript:alert(1)"),
        ),
        (Edge("a", "b", "imports", 3), Edge("b", "a"), Edge("b", "c"), Edge("c", "c")),
    )

    def page(slug: str, title: str, kind: str, *sections: Section) -> Page:
        made = sum(len(section.claims) for section in sections)
        return Page(slug, title, kind, f"About `{title}`.", COMMIT, sections, made, made)  # type: ignore[arg-type]

    concept = page("concepts/prices", "Prices", "concept", Section("What it is", (prose, total)))
    return Wiki(
        "shop",
        COMMIT,
        (
            page("overview", "shop", "overview", Section("Parts", (), table, diagram)),
            replace(concept, made=3, correction=f"Ask Ada first. {HOSTILE}"),
            page("folders/src", "src", "folder", Section("What is in it", (), table)),
            page("files/src/prices.py", "src/prices.py", "file", Section("Defines", (total,))),
            page("files/src/basket.py", "src/basket.py", "file", Section("Is", (prose,))),
            page(f"files/{HOSTILE_PATH}", HOSTILE_PATH, "file", Section(HOSTILE, (prose,))),
            page("people/Ada L", "Ada L", "person", Section("What they know", ())),
        ),
    )


class SampleCode:
    """Reads the sample's files."""

    def show(self, path: str, commit: str = "", around: int = 1) -> Lines | None:
        if path not in FILES or commit not in ("", COMMIT):
            return None
        return shown(path, COMMIT, FILES[path].encode(), around)


class SampleKnown:
    """Finds the same lines, whatever is asked."""

    at = ""
    told = ""

    def find(self, question: str, most: int = 8, budget: int = 4000) -> Sequence[Region]:
        if question == "nothing":
            return []
        facts = Facts(owner=HOSTILE, changed="2024-01-01", changes=3, callers=("pay (x.py:3)",))
        return [
            Region(path, 1, 2, 3.5, "code", "total", "", "", code, facts, (("words", 2.5),), 9)
            for path, code in FILES.items()
        ][:most]

    def reply(self, question: str) -> Reply:
        if question == "nothing":
            return Reply(question, (), (), 5)
        found = Statement(f"It adds up `total`. {HOSTILE}", (0, 1, 3))
        return Reply(question, (found,), tuple(self.find(question)), 5, (HOSTILE,))

    def atlas(self) -> Atlas:
        files = [(path, text.count("\n"), "code") for path, text in sorted(FILES.items())]
        return draw(files, {"imports": {(1, 2): 1, (2, 3): 2}, "calls": {}, "changes with": {}})

    def notice(self) -> str:
        return self.told


def sample() -> Shown:
    return Shown(Site(wiki()), SampleCode(), SampleKnown())
