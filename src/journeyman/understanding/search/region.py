"""A piece of an answer: lines of a file, and what is known around them."""

from __future__ import annotations

from dataclasses import dataclass

from journeyman.understanding.search.facts import Facts

BYTES_A_TOKEN = 3.5
"""How long a token of code is, about; budgets are kept to some ten per cent."""


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
    doc: str
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
