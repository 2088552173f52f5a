"""Processes that read files for the index: grammars are third-party code that may hang or crash.

A batch that takes too long, or takes its process with it, is gone through file by file; the file at
fault is then indexed by its words alone, and says so.
"""

from __future__ import annotations

import multiprocessing as mp
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from time import monotonic
from types import TracebackType

from journeyman.understanding.index.places import Place
from journeyman.understanding.index.record import FileRecord, read_file

BATCH_FILES = 48
LIMIT_S = 60.0
"""Seconds a batch may take; usual ones take less than one."""

Files = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class _Batch:
    """Files to read; with a `note` why, without their grammar."""

    files: Files
    note: str = ""


@dataclass
class _Worker:
    process: mp.process.BaseProcess
    line: Connection
    batch: _Batch | None = None
    deadline: float = 0.0


class Crew:
    """Up to `size` processes; use as a context manager, or `close` it.

    Args:
        limit_s: Seconds that a batch may take.
    """

    def __init__(self, size: int, *, limit_s: float = LIMIT_S) -> None:
        self._size = max(1, size)
        self._limit_s = limit_s
        self._workers: list[_Worker] = []
        self._context = mp.get_context("spawn")

    def __enter__(self) -> Crew:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End every process."""
        for worker in self._workers:
            _end(worker)
        self._workers.clear()

    def read(self, place: Place, files: Files, note: str = "") -> Iterator[list[FileRecord]]:
        """Yield the records of `files` in batches, as they are read, in any order.

        With a `note` why, all are read without their grammar.
        """
        waiting = deque(
            _Batch(files[at : at + BATCH_FILES], note) for at in range(0, len(files), BATCH_FILES)
        )
        while len(self._workers) < min(self._size, len(waiting)):
            self._workers.append(self._hired())
        try:
            while waiting or any(worker.batch for worker in self._workers):
                for worker in self._workers:
                    if waiting and worker.batch is None:
                        self._give(worker, place, waiting.popleft())
                for records, rest in self._answers():
                    waiting.extendleft(rest)
                    if records:
                        yield records
        except BaseException:
            self.close()
            raise

    def _hired(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _give(self, worker: _Worker, place: Place, batch: _Batch) -> None:
        worker.batch = batch
        worker.deadline = monotonic() + self._limit_s
        worker.line.send((place, batch.files, batch.note))

    def _answers(self) -> Iterator[tuple[list[FileRecord], list[_Batch]]]:
        """Wait for someone, and yield what was made of batches and what is to be tried again."""
        busy = [worker for worker in self._workers if worker.batch is not None]
        soonest = min(worker.deadline for worker in busy) - monotonic()
        ready = wait([worker.line for worker in busy], max(0.0, soonest))
        for worker in busy:
            batch = worker.batch
            late = monotonic() > worker.deadline
            if batch is None or not (late or worker.line in ready):
                continue
            why = "its grammar took too long"
            if worker.line in ready:
                try:
                    records: list[FileRecord] = worker.line.recv()
                except (EOFError, OSError):
                    why = "its grammar crashed"
                else:
                    worker.batch = None
                    yield records, []
                    continue
            _end(worker)
            self._workers[self._workers.index(worker)] = self._hired()
            yield _less(batch, why)


def _less(batch: _Batch, why: str) -> tuple[list[FileRecord], list[_Batch]]:
    """Return a batch that failed in parts, its only file without its grammar, or nothing of it."""
    if len(batch.files) > 1:
        return [], [_Batch([one], batch.note) for one in batch.files]
    if not batch.note:
        return [], [_Batch(batch.files, why)]
    return [read_file(path, b"", None, f"cannot be read: {why}") for path, _ in batch.files], []


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.line.close()


def _work(line: Connection) -> None:
    """Read batches until the other side hangs up."""
    from journeyman.understanding.terms.vectors import words

    model = words()
    while True:
        try:
            place, batch, note = line.recv()
        except (EOFError, KeyboardInterrupt):
            return
        texts = place.read(batch)
        line.send(
            [
                read_file(path, text, model, note)
                for (path, _), text in zip(batch, texts, strict=True)
            ]
        )
