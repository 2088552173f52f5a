"""An index that is searched while another process may be bringing it up to date.

What is read is one state of the index, kept by an open transaction: while the other process is at
work, that is the state before. Once it has ended, the next question opens the new one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from journeyman.errors import UserError
from journeyman.repository.git import Git
from journeyman.understanding.index.index import Index
from journeyman.understanding.index.places import AtCommit, Place
from journeyman.understanding.search.answer import pack, said_in
from journeyman.understanding.search.region import Region
from journeyman.understanding.search.reply import Reply, reply_from_facts, reply_from_model
from journeyman.understanding.search.search import Search
from journeyman.web.atlas import Atlas, atlas_of
from journeyman.workspace import Project

_LOOK_AGAIN_S = 2.0

_BUSY = "The index is being brought up to date; what you see is its state before that."


class Live:
    """Searches the index in `folder`; `close` it.

    Args:
        place: Where the files that were indexed lie.
        commit: Which commit the wiki describes, to say when the repository has moved on.
        ask: A line to a chat model, if there is one.

    Raises:
        UserError: Another process is at work on the index.
    """

    def __init__(
        self,
        folder: Path,
        place: Place,
        git: Git | None,
        commit: str = "",
        ask: Callable[[str], str] | None = None,
    ) -> None:
        self._ask = ask
        self._folder, self._place, self._git, self._commit = folder, place, git, commit
        self._project = Project(folder.parent)
        self._guard = threading.Lock()
        self._atlas: Atlas | None = None
        self._busy, self._moved = False, ""
        self._looked_at = 0.0
        with self._project.locked():
            self._open(Index(folder))

    def close(self) -> None:
        """Close the index."""
        with self._guard:
            self._search.index.close()

    def find(self, question: str, most: int = 8, budget: int = 4000) -> Sequence[Region]:
        """Return regions of lines that answer a question, the best first."""
        with self._guard:
            self._renew()
            hits = self._search.find(question, most)
            return list(pack(hits, self._search, self._place, budget))

    def reply(self, question: str) -> Reply:
        """Answer a question in words that stand on lines, or with nothing."""
        with self._guard:
            self._renew()
            search = self._search
            count = search.index.corpus.count
            passages = list(pack(search.find(question, 12), search, self._place, 6000))
            said = [said_in(one, question, search) for one in passages]
        if self._ask is not None and passages:
            return reply_from_model(question, passages, count, self._ask)
        return reply_from_facts(question, passages, said, count)

    def atlas(self) -> Atlas:
        """Return the picture of the graph, drawn once for each state."""
        with self._guard:
            self._renew()
            if self._atlas is None:
                self._atlas = atlas_of(self._search.index)
            return self._atlas

    def notice(self) -> str:
        """Return what a reader should know about how current this is."""
        with self._guard:
            self._renew()
            return " ".join(part for part in (_BUSY if self._busy else "", self._moved) if part)

    @property
    def at(self) -> str:
        """What `Code.show` calls the state that was searched: ``now`` for a folder."""
        return "" if isinstance(self._place, AtCommit) else "now"

    def _renew(self) -> None:
        """Open the index again if it has changed and nobody is at work on it."""
        if time.monotonic() - self._looked_at < _LOOK_AGAIN_S:
            return
        self._looked_at = time.monotonic()
        self._moved = self._moved_on()
        try:
            with self._project.locked():
                self._busy = False
                if self._look() != self._seen:
                    old = self._search.index
                    self._open(Index(self._folder, old.model))
                    old.close()
        except UserError:
            self._busy = True

    def _open(self, index: Index) -> None:
        index.store.query("BEGIN")
        self._search = Search(index)
        _ = (index.corpus, index.memory)  # read now, while nobody writes
        self._atlas = None
        self._seen = self._look()

    def _look(self) -> tuple[tuple[int, int], ...]:
        found = []
        for name in ("index.sqlite", "index.sqlite-wal", "segment/files.json"):
            try:
                state = (self._folder / name).stat()
                found.append((state.st_mtime_ns, state.st_size))
            except FileNotFoundError:
                found.append((0, 0))
        return tuple(found)

    def _moved_on(self) -> str:
        head = self._git.resolve("HEAD") if self._git and self._commit else None
        if head is None or head == self._commit:
            return ""
        return f"The wiki describes {self._commit[:10]}; the repository is now at {head[:10]}."
