"""Hits packed into a budget: their lines, and what is known around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import Place
from journeyman.understanding.search.facts import Facts, facts_of
from journeyman.understanding.search.search import Hit, Search

BYTES_A_TOKEN = 3.5
"""How long a token of code is, about; budgets are kept to some ten per cent."""

_LEAST_LINES = 6


@dataclass(frozen=True)
class Region:
    """Lines `first` to `last` of a file, with what is known around them.

    `code` is the lines themselves, cut at `last` where the budget ends; `why` the signals that put
    it where it is; `tokens` about how many it takes.
    """

    path: str
    first: int
    last: int
    score: float
    category: str
    symbol: str
    header: str
    code: str
    facts: Facts
    why: tuple[tuple[str, float], ...]
    tokens: int

    def text(self, *, explain: bool = False, repository: str = "") -> str:
        """Return the region as it is shown."""
        where = f"{repository}: {self.path}" if repository else self.path
        name = f"  {self.symbol}" if self.symbol else ""
        kind = f"  [{self.category}]" if self.category != "code" else ""
        lines = [f"{where}:{self.first}-{self.last}{name}{kind}"]
        lines += [f"  {line}" for line in self.facts.lines()]
        if explain:
            parts = ", ".join(f"{signal} {value:+.2f}" for signal, value in self.why[:9])
            lines.append(f"  score {self.score:.2f}: {parts}")
        numbered = enumerate(self.code.split("\n"), self.first)
        lines += [f"{number:>6} | {line}" for number, line in numbered]
        return "\n".join(lines) + "\n"


def answer(
    index: Index, place: Place, question: str, *, most: int = 8, budget: int = 4000
) -> list[Region]:
    """Return the regions that answer a question, the best first, in about `budget` tokens."""
    search = Search(index)
    hits = search.find(question, most)
    return list(pack(hits, search, place, budget))


def pack(hits: Sequence[Hit], search: Search, place: Place, budget: int) -> Iterator[Region]:
    """Yield hits with their lines until the budget is spent; the last may be cut."""
    texts: dict[str, list[str]] = {}
    left = float(budget)
    for hit in hits:
        if hit.path not in texts:
            versions = search.index.store.query(
                "SELECT version FROM file WHERE path = ?", (hit.path,)
            )
            (raw,) = place.read([(hit.path, str(versions[0][0]))])
            texts[hit.path] = raw.decode("utf-8", "replace").split("\n")
        facts = facts_of(hit, search.graph, search.index.memory)
        left -= len("\n".join(facts.lines())) / BYTES_A_TOKEN + 20
        lines: list[str] = []
        for line in texts[hit.path][hit.first - 1 : hit.last]:
            cost = (len(line) + 10) / BYTES_A_TOKEN
            if left < cost and len(lines) >= min(_LEAST_LINES, hit.last - hit.first + 1):
                break
            left -= cost
            lines.append(line)
        code = "\n".join(lines)
        yield Region(
            path=hit.path,
            first=hit.first,
            last=hit.first + max(0, len(lines) - 1),
            score=round(hit.score, 4),
            category=hit.category,
            symbol=hit.symbol.qualified if hit.symbol else "",
            header=hit.symbol.header if hit.symbol else "",
            code=code,
            facts=facts,
            why=hit.why,
            tokens=int(len(code) / BYTES_A_TOKEN),
        )
        if left <= 0:
            return
