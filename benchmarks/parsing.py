"""What parsing finds in real code, and how long it takes against the bare grammar.

    python benchmarks/parsing.py SOURCE_FOLDER...

By language: files, lines, lines a second of tree-sitter alone and of `parse`, how many times as
long ours takes, the share of files that their grammar cannot make sense of, and symbols, references
and imports in a thousand lines. One process, each file once by each, after a warm-up.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import tree_sitter

from journeyman.understanding.parsing.languages import grammar, is_code, language_of
from journeyman.understanding.parsing.parse import parse
from timing import machine

LARGEST = 1_000_000
WARM_UP = b"x = 1\n"


@dataclass
class Tally:
    """What came of the files of one language."""

    files: int = 0
    lines: int = 0
    broken: int = 0
    symbols: int = 0
    references: int = 0
    imports: int = 0
    bare_s: float = 0.0
    ours_s: float = 0.0

    def add(self, language: str, text: bytes) -> None:
        parser = tree_sitter.Parser(grammar(language))
        begun = time.perf_counter()
        parser.parse(text)
        between = time.perf_counter()
        parsed = parse(language, text)
        self.ours_s += time.perf_counter() - between
        self.bare_s += between - begun
        self.files += 1
        self.lines += text.count(b"\n") + 1
        self.broken += parsed.broken
        self.symbols += len(parsed.symbols)
        self.references += len(parsed.references)
        self.imports += len(parsed.imports)

    def row(self, name: str) -> list[str]:
        found = (self.symbols, self.references, self.imports)
        return [
            name,
            f"{self.files:,}",
            f"{self.lines:,}",
            f"{self.lines / self.bare_s:,.0f}",
            f"{self.lines / self.ours_s:,.0f}",
            f"{self.ours_s / self.bare_s:.1f}",
            f"{self.broken / self.files:.1%}",
            *(f"{count * 1000 / self.lines:.0f}" for count in found),
        ]


HEAD = [
    *("language", "files", "lines", "bare lines/s", "our lines/s", "ratio", "broken"),
    *("symbols/k", "references/k", "imports/k"),
]


def main() -> None:
    """Read all files of the folders and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+")
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    for folder in parser.parse_args().folders:
        for path in sorted(folder.rglob("*")):
            language = language_of(path.name)
            if is_code(language) and path.is_file() and path.stat().st_size <= LARGEST:
                if language not in tallies:
                    parse(language, WARM_UP)
                tallies[language].add(language, path.read_bytes())
    print(machine())
    rows = [tallies[name].row(name) for name in sorted(tallies)]
    for row in [HEAD, *rows]:
        print("".join(f"{cell:>13}" for cell in row))


if __name__ == "__main__":
    main()
