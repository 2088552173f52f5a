"""What a wiki is made from: every file with what it defines, calls and tests, and its past.

References are resolved once for the whole repository, so that a page asks for both ends of a call.
Pages ask through `Sources`, which remembers what was asked: those are the page's inputs, and as
long as none of the answers has changed the page need not be made again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from journeyman.records import digest
from journeyman.repository.git import Git
from journeyman.understanding.graph.edges import Definition, How
from journeyman.understanding.graph.graph import Graph
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import AtCommit, Place
from journeyman.understanding.wiki.past import Story

_BUILT = re.compile(r"(^|/)dist/.*\.[cm]?[jt]sx?$")
_KEPT_FILES = 400
"""Files whose lines are held at a time."""


class Link(NamedTuple):
    """A reference whose meaning is known: where it stands and what it means.

    `source` and `target` are the qualified names of the definitions, `source` empty for a file's
    own level.
    """

    path: str
    source: str
    line: int
    kind: str
    to: str
    target: str


def is_top(one: Definition) -> bool:
    """Whether a definition belongs to nothing else; in some languages methods stand by
    themselves."""
    return one.parent < 0 and "." not in one.qualified


@dataclass(frozen=True)
class FileFacts:
    """A file: its definitions, the references out of it and into it, the files it imports."""

    path: str
    version: str
    language: str
    category: str
    lines: int
    symbols: tuple[Definition, ...]
    out: tuple[Link, ...]
    into: tuple[Link, ...]
    imports: tuple[str, ...]
    imported_by: tuple[str, ...]

    @cached_property
    def by_name(self) -> dict[str, Definition]:
        """The definitions by qualified name, the first where there are several."""
        found: dict[str, Definition] = {}
        for one in self.symbols:
            found.setdefault(one.qualified, one)
        return found

    @cached_property
    def into_by_top(self) -> dict[str, list[Link]]:
        """The references into the file by the top-level definition that they mean."""
        found: dict[str, list[Link]] = defaultdict(list)
        for link in self.into:
            found[link.target.partition(".")[0]].append(link)
        return found

    @cached_property
    def top(self) -> tuple[Definition, ...]:
        """The definitions that belong to nothing else."""
        return tuple(one for one in self.symbols if is_top(one))


class Ground:
    """All that is known of a repository, read from its index and never changed.

    Args:
        place: Where the text of files is read; must be what the index was made from.
        git: The history, to tell which files are at HEAD as they are here.
    """

    def __init__(self, index: Index, place: Place, git: Git | None) -> None:
        self._place = place
        store = index.store
        rows = store.query("SELECT path, version, language, category, lines FROM file")
        self._about = {
            str(row[0]): (*row[:3], _category(str(row[0]), str(row[3])), row[4])
            for row in sorted(rows, key=lambda row: str(row[0]))
        }
        self.commit = _commit(place, git)
        self._committed = _committed(place, git, self.commit)
        self._load(index)
        self.story = Story.of(index)
        self._texts: dict[str, list[str]] = {}
        self._digests: dict[str, str] = {}
        self._files: dict[str, FileFacts] = {}

    def _load(self, index: Index) -> None:
        """Read every definition, and resolve every reference and import.

        A method that is known only because nothing else here has its name may be another one's
        (everything has a ``clone``): it counts in files that name its class or import its file, and
        not at all where those are fewer than half of the files that use the name.
        """
        language = {path: str(row[2]) for path, row in self._about.items()}
        serials = {serial: path for path, serial in index.store.serials().items()}
        self._symbols: dict[str, list[Definition]] = defaultdict(list)
        for serial, *rest in index.store.query(
            "SELECT file, ordinal, name, qualified, kind, first, last, parent, header, doc"
            " FROM symbol ORDER BY file, ordinal"
        ):
            path = serials[int(str(serial))]
            self._symbols[path].append(Definition(path, *rest))  # type: ignore[arg-type]
        self.graph = Graph(index.store)
        self._out: dict[str, list[Link]] = defaultdict(list)
        self._into: dict[str, list[Link]] = defaultdict(list)
        self._imports = {path: tuple(self.graph.imports_of(path)) for path in self._about}
        said = _names_said(index, serials)
        meant: dict[tuple[str, str, str, int], tuple[Definition | None, How]] = {}
        guesses: dict[tuple[str, str], list[tuple[Link, bool]]] = defaultdict(list)
        for serial, name, receiver, within, line, kind in index.store.query(
            "SELECT file, name, receiver, within, line, kind FROM reference"
            " ORDER BY file, line, name, kind"
        ):
            path = serials[int(str(serial))]
            key = (path, str(name), str(receiver), int(str(within)))
            if key not in meant:
                meant[key] = self.graph.resolve(*key)
            target, how = meant[key]
            if target is None:
                continue
            source = self._symbols[path][key[3]].qualified if key[3] >= 0 else ""
            link = Link(path, source, int(str(line)), str(kind), target.path, target.qualified)
            if how == "only" and receiver:
                owner = target.qualified.rpartition(".")[0].rpartition(".")[2]
                known = owner in said[path] or target.path in self._imports[path]
                guesses[target.path, target.qualified].append((link, known))
            elif how != "only" or language[path] == language[target.path]:
                self._keep(link)
        for held in guesses.values():
            sure = [link for link, known in held if known]
            for link in sure if 2 * len(sure) >= len(held) else ():
                self._keep(link)
        for links in self._out.values():
            links.sort(key=lambda link: (link.line, link))
        self._imported_by: dict[str, list[str]] = defaultdict(list)
        for path, others in self._imports.items():
            for other in others:
                self._imported_by[other].append(path)

    def _keep(self, link: Link) -> None:
        self._out[link.path].append(link)
        self._into[link.to].append(link)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file, in order."""
        return tuple(self._about)

    def category(self, path: str) -> str:
        """Return what a file is for, empty for one that is not there."""
        return str(self._about[path][3]) if path in self._about else ""

    def lines_in(self, path: str) -> int:
        """Return how many lines a file has."""
        return int(str(self._about[path][4])) if path in self._about else 0

    def file(self, path: str) -> FileFacts | None:
        """Return what is known of a file, or `None` where there is none."""
        if path not in self._about:
            return None
        if path not in self._files:
            _, version, language, category, lines = self._about[path]
            self._files[path] = FileFacts(
                path,
                *(str(version), str(language), str(category), int(str(lines))),
                symbols=tuple(self._symbols.get(path, ())),
                out=tuple(self._out.get(path, ())),
                into=tuple(sorted(self._into.get(path, ()))),
                imports=self._imports[path],
                imported_by=tuple(self._imported_by.get(path, ())),
            )
        return self._files[path]

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file; nothing of one that is not there."""
        if path not in self._texts:
            self.read([path])
        return self._texts.get(path, [])

    def read(self, paths: Iterable[str]) -> None:
        """Fetch the text of files all at once."""
        missing = [one for one in paths if one in self._about and one not in self._texts]
        if not missing:
            return
        if len(self._texts) > _KEPT_FILES:
            self._texts.clear()
        wanted = [(path, str(self._about[path][1])) for path in missing]
        for path, raw in zip(missing, self._place.read(wanted), strict=True):
            self._texts[path] = raw.decode("utf-8", "replace").split("\n")

    def commit_of(self, path: str) -> str:
        """Return the commit in which a file is as it is here, empty where it was changed since."""
        return self.commit if path in self._committed else ""

    def changed(self) -> list[str]:
        """Return the files that are not as they are at the commit."""
        return [path for path in self.paths if path not in self._committed]

    def digest_of(self, path: str) -> str:
        """Return a digest of all that is known of a file, empty for one that is not there."""
        if path not in self._digests:
            facts = self.file(path)
            self._digests[path] = (
                digest(
                    [
                        *(facts.version, facts.category, facts.out, facts.into),
                        *(facts.imports, facts.imported_by, path in self._committed),
                        sorted({(link.path, self.category(link.path)) for link in facts.into}),
                        self.story.digest_of(path),
                    ]
                )
                if facts is not None
                else ""
            )
        return self._digests[path]


def _names_said(index: Index, serials: Mapping[int, str]) -> dict[str, set[str]]:
    """Return for each file the names that it uses, imports or defines."""
    said: dict[str, set[str]] = {path: set() for path in serials.values()}
    for table, column in (("reference", "name"), ("import", "name"), ("symbol", "name")):
        for serial, name in index.store.query(f"SELECT DISTINCT file, {column} FROM {table}"):
            said[serials[int(str(serial))]].add(str(name))
    return said


def _category(path: str, category: str) -> str:
    """Return what a file is for; what lies in ``dist`` was built from the rest."""
    return "generated" if category == "code" and _BUILT.search(path) else category


def _commit(place: Place, git: Git | None) -> str:
    if isinstance(place, AtCommit):
        return place.commit
    return (git.resolve("HEAD") or "") if git is not None else ""


def _committed(place: Place, git: Git | None, commit: str) -> frozenset[str]:
    """Return the files that are at the commit as they are in the place."""
    if not commit or git is None:
        return frozenset()
    there = AtCommit(git, commit).files()
    if isinstance(place, AtCommit):
        return frozenset(there)
    return frozenset(path for path, version in place.files().items() if there.get(path) == version)
