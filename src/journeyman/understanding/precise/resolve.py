"""Definitions of many names at once, for an index that knows them by name only.

Files go to the server in batches: opened, asked about with many questions in flight, closed. What
was answered is kept whatever happens later. A server that dies or hangs over a batch is started
again and gets the files of that batch one by one; the file that it then stops at is skipped, and
named, with all its sites that are still open.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from journeyman.errors import LanguageServerError
from journeyman.progress import Progress, Silent, stage
from journeyman.understanding.precise.client import Client
from journeyman.understanding.precise.documents import Document, Documents, Target
from journeyman.understanding.precise.positions import to_units
from journeyman.understanding.precise.servers import Found, find, language_of, why_not

BATCH_FILES = 16
BATCH_SITES = 400
RESTARTS = 8


class Site(NamedTuple):
    """Where a name is used: line from 1, column from 0 in characters, the name itself."""

    line: int
    column: int
    name: str


class Coverage(NamedTuple):
    """How far an answer reaches.

    `asked` sites were given; of them `answered` got an answer: `inside` at least one definition in
    the folder, `outside` only others (the standard library, dependencies), `unresolved` none at
    all. `stale` ones were not put to the server, because another text stands there. The rest belong
    to files that were skipped, or were refused by the server. `seconds` are wall-clock time.
    """

    asked: int
    answered: int
    inside: int
    outside: int
    unresolved: int
    stale: int
    seconds: float


@dataclass(frozen=True)
class Resolved:
    """What a server said.

    `targets` has the answered sites by file; a site that is not there is unknown, which is less
    than unresolved. `skipped` says for each file that was not finished why not. `server` is its
    name and version; `complaints` see `Client`.
    """

    server: str
    targets: Mapping[str, Mapping[Site, tuple[Target, ...]]]
    coverage: Coverage
    skipped: Mapping[str, str] = field(default_factory=dict)
    complaints: tuple[str, ...] = ()


def resolve(
    root: Path,
    language: str,
    sites: Mapping[str, Sequence[Site]],
    server: Found | None = None,
    progress: Progress | None = None,
    *,
    timeout_s: float = 30.0,
    limit_s: float | None = None,
) -> Resolved:
    """Return the definitions of the names at `sites` (by path relative to `root`).

    `server` is one that `find` knows unless given. `timeout_s` is the longest silence of the server
    that counts as work, `limit_s` the time for everything; what is not answered then is skipped.
    Raises `LanguageServerError` when there is no server or it cannot be started at all.
    """
    found = server or find(language)
    if found is None:
        raise LanguageServerError(f"Definitions in {language} need a server.", why_not(language))
    work = _Work(root, language, sites, found, progress or Silent(), timeout_s, limit_s)
    with stage(work.progress, "definitions", work.asked):
        work.run()
    return work.resolved()


class _Work:
    """One call of `resolve` on its way."""

    def __init__(
        self,
        root: Path,
        language: str,
        sites: Mapping[str, Sequence[Site]],
        found: Found,
        progress: Progress,
        timeout_s: float,
        limit_s: float | None,
    ) -> None:
        self.progress = progress
        self.asked = sum(len(set(of_file)) for of_file in sites.values())
        self._language = language
        self._found = found
        self._timeout_s = timeout_s
        self._started = time.monotonic()
        self._end = self._started + limit_s if limit_s is not None else None
        self._documents = Documents(root.resolve())
        self._left = {path: list(dict.fromkeys(of_file)) for path, of_file in sites.items()}
        self._targets: dict[str, dict[Site, tuple[Target, ...]]] = {}
        self._skipped: dict[str, str] = {}
        self._complaints: list[str] = []
        self._stale = 0
        self._serving = False
        self._server = ""

    def run(self) -> None:
        """Ask about everything, starting the server again while that helps."""
        batches = deque(self._batches())
        stops = 0
        while batches:
            self._serving = False
            try:
                self._serve(batches)
            except LanguageServerError as error:
                if not self._server:
                    raise
                stops += 1
                if not self._serving or self._is_late() or stops > RESTARTS:
                    self._give_up(batches, error.message)
                else:
                    self._split(batches, error.message)

    def resolved(self) -> Resolved:
        """Return what there is."""
        answers = [answer for of_file in self._targets.values() for answer in of_file.values()]
        inside = sum(any(target.path is not None for target in answer) for answer in answers)
        unresolved = sum(not answer for answer in answers)
        coverage = Coverage(
            asked=self.asked,
            answered=len(answers),
            inside=inside,
            outside=len(answers) - inside - unresolved,
            unresolved=unresolved,
            stale=self._stale,
            seconds=time.monotonic() - self._started,
        )
        complaints = tuple(dict.fromkeys(self._complaints))
        return Resolved(self._server, self._targets, coverage, self._skipped, complaints)

    def _batches(self) -> Iterator[list[str]]:
        batch: list[str] = []
        size = 0
        for path, sites in self._left.items():
            if batch and (len(batch) == BATCH_FILES or size + len(sites) > BATCH_SITES):
                yield batch
                batch, size = [], 0
            if sites:
                batch.append(path)
                size += len(sites)
        if batch:
            yield batch

    def _serve(self, batches: deque[list[str]]) -> None:
        """Work batches off with one server until none is left or it stops."""
        server = self._found.server
        with Client(
            self._found.command,
            self._documents.root,
            self._timeout_s,
            session_s=None if self._end is None else max(0.0, self._end - time.monotonic()),
            options=server.options,
            settings=server.settings,
        ) as client:
            self._server = client.server
            self._serving = True
            try:
                while batches:
                    self._ask(client, batches[0])
                    batches.popleft()
            finally:
                self._complaints += client.complaints

    def _ask(self, client: Client, batch: Sequence[str]) -> None:
        """Open the files, ask about what is left in them, close them."""
        opened = [document for path in batch if (document := self._opened(client, path))]
        asked = [(document, site) for document in opened for site in self._left[document.path]]
        calls = (
            (
                "textDocument/definition",
                {
                    "textDocument": {"uri": document.uri},
                    "position": {
                        "line": site.line - 1,
                        "character": to_units(
                            document.lines[site.line - 1], site.column, client.encoding
                        ),
                    },
                },
            )
            for document, site in asked
        )
        answered: set[tuple[str, Site]] = set()
        try:
            for place, answer in client.requests(calls):
                document, site = asked[place]
                answered.add((document.path, site))
                if not answer.refusal:
                    with suppress(ValueError):  # an answer of another shape is none
                        targets = self._documents.targets(answer.result, client.encoding)
                        self._targets.setdefault(document.path, {})[site] = targets
                self.progress.advance()
        finally:
            for path in batch:
                self._left[path] = [
                    site for site in self._left[path] if (path, site) not in answered
                ]
        for document in opened:
            client.notify("textDocument/didClose", {"textDocument": {"uri": document.uri}})

    def _opened(self, client: Client, path: str) -> Document | None:
        """Open a file at the server, or say why it is skipped; drop sites that are not there."""
        try:
            document = self._documents.read(path)
        except ValueError as error:
            self._skip(path, str(error))
            return None
        fresh = [site for site in self._left[path] if document.has(*site)]
        self._stale += len(self._left[path]) - len(fresh)
        self.progress.advance(len(self._left[path]) - len(fresh))
        self._left[path] = fresh
        if not fresh:
            return None
        item = {
            "uri": document.uri,
            "languageId": language_of(path, self._language),
            "version": 1,
            "text": document.text,
        }
        client.notify("textDocument/didOpen", {"textDocument": item})
        return document

    def _split(self, batches: deque[list[str]], why: str) -> None:
        """Put the files of a batch that failed back one by one; a single one is the cause."""
        if not batches:
            return
        unfinished = [path for path in batches.popleft() if self._left[path]]
        if len(unfinished) == 1:
            self._skip(unfinished[0], why)
        else:
            batches.extendleft([path] for path in reversed(unfinished))

    def _give_up(self, batches: deque[list[str]], why: str) -> None:
        reason = "the time was up" if self._is_late() else f"not tried any more: {why}"
        for path in [path for batch in batches for path in batch if self._left[path]]:
            self._skip(path, reason)
        batches.clear()

    def _skip(self, path: str, why: str) -> None:
        self._skipped[path] = why
        self.progress.advance(len(self._left[path]))
        self._left[path] = []

    def _is_late(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end
