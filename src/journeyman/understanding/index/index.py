"""The index of one repository: brought up to date, opened, and asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from journeyman.progress import Progress, Silent, stage
from journeyman.repository.git import Git
from journeyman.understanding.index import segments
from journeyman.understanding.index.corpus import Corpus
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.index.places import InFolder, Place, Stat
from journeyman.understanding.index.record import FileRecord
from journeyman.understanding.index.store import IndexStore
from journeyman.understanding.past.keeping import Keeper
from journeyman.understanding.past.log import Past
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.terms.vectors import Words, words

STEP = 400
"""Files that are written in one step; after a kill no more than these are read again."""

_NO_LOOK = (0, 0, 0)


@dataclass(frozen=True)
class Update:
    """What was done: files `read` anew, files that are `gone`, `commits` that are new."""

    read: int
    gone: int
    commits: int
    seconds: float


class Index:
    """Everything known of one repository, in `folder`; `close` it, or use it in a `with`.

    Args:
        model: Knows words as vectors; the one that is installed by default, if there is one.
    """

    def __init__(self, folder: Path, model: Words | None = None) -> None:
        self.folder = folder
        self.model = model or words()
        self.store = IndexStore(folder, self.model.name if self.model else "")
        self._keeper = Keeper(folder / "past")
        self._crew: Crew | None = None
        self.changes = 0
        """How often what is held has changed since it was opened."""

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that read files, and close the store."""
        if self._crew is not None:
            self._crew.close()
        self.store.close()

    def bring_up_to_date(
        self,
        place: Place,
        git: Git | None = None,
        *,
        workers: int = 2,
        progress: Progress | None = None,
    ) -> Update:
        """Read what is new or other than it was, and forget what is gone.

        Killed at any moment it goes on from there. What comes out is the same as if all had been
        read anew.
        """
        started = time.perf_counter()
        progress = progress or Silent()
        known = self.store.known()
        if isinstance(place, InFolder):
            place.known = known
        files = place.files()
        looks = place.looks if isinstance(place, InFolder) else {}
        gone = sorted(known.keys() - files.keys())
        other = {path for path in files if path not in known or known[path][1] != files[path]}
        new = sorted(other)
        whole = len(new) > len(files) // 2 and len(new) > STEP
        with self.store.step():
            self.store.remove(gone)
            if whole:
                self.store.without_indexes()
            same = looks.keys() - other
            self.store.looks({path: looks[path] for path in same if known[path][0] != looks[path]})
        if new:
            with stage(progress, "read", len(new)):
                for records in self._read(place, [(path, files[path]) for path in new], workers):
                    self._hold(records, files, looks)
                    progress.advance(len(records))
        with self.store.step():
            self.store.with_indexes()
        commits = 0
        if git is not None and git.resolve("HEAD") != self._keeper.head:
            with stage(progress, "history", 0):
                commits = self._keeper.bring_up_to_date(git)
        self.changes += bool(new or gone or commits)
        if commits:
            self.__dict__.pop("memory", None)
        if "corpus" in self.__dict__:
            self.corpus.update([*new, *gone])
        elif whole:
            self._save()
        return Update(len(new), len(gone), commits, time.perf_counter() - started)

    def _hold(
        self, records: list[FileRecord], files: Mapping[str, str], looks: Mapping[str, Stat]
    ) -> None:
        """Write the records of files in one step."""
        with self.store.step():
            self.store.remove(record.path for record in records)
            for record in records:
                look = looks.get(record.path, _NO_LOOK)
                self.store.add(record, files[record.path], look)

    def _read(
        self, place: Place, files: list[tuple[str, str]], workers: int
    ) -> Iterator[list[FileRecord]]:
        """Yield records in steps."""
        if not files:
            return
        if self._crew is None:
            self._crew = Crew(workers)
        if isinstance(place, InFolder):
            place = InFolder(place.root)
        held: list[FileRecord] = []
        for records in self._crew.read(place, files):
            held += records
            if len(held) >= STEP:
                yield held
                held = []
        if held:
            yield held

    @cached_property
    def corpus(self) -> Corpus:
        """The files' words, to be searched."""
        found = segments.load(self.folder / "segment")
        serials = self.store.serials()
        records = _Held(self.store)
        if found is None:
            return Corpus(records)
        large, were = found
        paths = were.keys() | serials.keys()
        changed = [path for path in paths if were.get(path) != serials.get(path)]
        if len(changed) > max(64, len(serials) // 20):
            return self._save()
        return Corpus(records, large, changed)

    def _save(self) -> Corpus:
        """Make one segment of all there is, and keep it."""
        serials = self.store.serials()
        corpus = Corpus(_Held(self.store))
        segments.save(corpus.large, serials, self.folder / "segment")
        return corpus

    def history_log(self) -> list[Past]:
        """Return the commits in the order of `memory`, empty without a history."""
        return self._keeper.log() if self._keeper.head else []

    @cached_property
    def memory(self) -> Memory | None:
        """The history, if there is one."""
        return self._keeper.memory()


class _Held(Mapping[str, FileRecord]):
    """The records in a store, read when they are asked for."""

    def __init__(self, store: IndexStore) -> None:
        self._store = store

    def __getitem__(self, path: str) -> FileRecord:
        for record in self._store.records([path]):
            return record
        raise KeyError(path)

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.serials())

    def __len__(self) -> int:
        return len(self._store.serials())

    def __contains__(self, path: object) -> bool:
        return bool(self._store.query("SELECT 1 FROM file WHERE path = ?", (path,)))
