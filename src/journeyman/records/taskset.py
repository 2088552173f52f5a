"""Many tasks of which only the heads are held in memory; the rest is read when it is asked for.

A task carries whole files before and after, so thousands of them do not belong in memory at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Self, overload

from journeyman.errors import InfrastructureError
from journeyman.records.store import Store
from journeyman.records.task import Task, TaskHead


class Taskset(Sequence[Task]):
    """A sequence of tasks, each read anew whenever it is asked for.

    Args:
        heads: What is held.
        load: Returns the task of an id.
    """

    def __init__(self, heads: Iterable[TaskHead], load: Callable[[str], Task]) -> None:
        self.heads = tuple(heads)
        self._load = load
        self._by_id = {head.id: head for head in self.heads}

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Self:
        """Return a set of tasks that are in memory anyway."""
        known = {task.id: task for task in tasks}
        return cls((task.head for task in known.values()), known.__getitem__)

    @classmethod
    def stored(cls, store: Store, heads: Iterable[TaskHead]) -> Self:
        """Return tasks that `remember` has put into the store."""

        def load(name: str) -> Task:
            found = store.get_record(KIND, name, Task)
            if found is None:
                raise InfrastructureError(f"task {name} is not in {store.folder}")
            return found

        return cls(heads, load)

    def only(self, ids: Iterable[str]) -> Self:
        """Return those called `ids`, in that order."""
        return type(self)((self._by_id[name] for name in ids), self._load)

    def joined(self, other: Taskset) -> Taskset:
        """Return both sets as one, each task once."""
        heads = {head.id: head for head in (*self.heads, *other.heads)}

        def load(name: str) -> Task:
            return self._load(name) if name in self._by_id else other._load(name)

        return Taskset(heads.values(), load)

    def ordered(self, key: Callable[[TaskHead], str]) -> Self:
        """Return the set in the order of `key`."""
        return type(self)(sorted(self.heads, key=key), self._load)

    def __len__(self) -> int:
        return len(self.heads)

    def __iter__(self) -> Iterator[Task]:
        return (self._load(head.id) for head in self.heads)

    @overload
    def __getitem__(self, index: int) -> Task: ...

    @overload
    def __getitem__(self, index: slice) -> Taskset: ...

    def __getitem__(self, index: int | slice) -> Task | Taskset:
        if isinstance(index, slice):
            return Taskset(self.heads[index], self._load)
        return self._load(self.heads[index].id)


KIND = "task"


def remember(store: Store, task: Task) -> None:
    """Put a task into the store, from which a `Taskset` reads it."""
    store.put_record(KIND, task.id, task)
