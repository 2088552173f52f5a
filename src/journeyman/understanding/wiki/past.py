"""The past of files as people tell it: the first commit, the busiest year, the last changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from journeyman.records import digest
from journeyman.understanding.index.index import Index
from journeyman.understanding.past.keeping import Keeper
from journeyman.understanding.past.log import Past
from journeyman.understanding.past.memory import BROAD

_HALF_S = 3 * 365.25 * 86400
"""After so many seconds a change says half as much about who knows a file."""


@dataclass(frozen=True)
class Share:
    """Somebody's part in some files: `changes` commits, the last at `last`.

    `weight` is their share of all changes where one counts half after three years.
    """

    person: str
    changes: int
    weight: float
    last: int


@dataclass
class Story:
    """A history by file; a file keeps its past when it is renamed.

    Args:
        log: The commits in the order in which they were made.
        numbers: Every path that there was, and a number that its renames share.
    """

    log: Sequence[Past] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    _commits: dict[int, list[int]] = field(default_factory=dict)
    _digests: dict[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, index: Index) -> Story:
        """Return the history that an index keeps, an empty one where there is none."""
        memory = index.memory
        if memory is None:
            return cls()
        log = Keeper(index.folder / "past").log()
        commits: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(log):
            for file in dict.fromkeys(memory.held.numbers[touch.path] for touch in one.touches):
                commits[file].append(number)
        return cls(log, memory.held.numbers, dict(commits))

    def of_file(self, path: str) -> list[int]:
        """Return the numbers of the commits that changed a file, oldest first."""
        return self._commits.get(self.numbers.get(path, -1), [])

    def of_files(self, paths: Iterable[str]) -> list[int]:
        """Return the numbers of the commits that changed any of some files, oldest first."""
        return sorted({number for path in paths for number in self.of_file(path)})

    def digest_of(self, path: str) -> str:
        """Return a digest of a file's past."""
        number = self.numbers.get(path, -1)
        if number not in self._digests:
            commits = (self.log[one] for one in self._commits.get(number, ()))
            self._digests[number] = digest([[one.id, one.author, one.subject] for one in commits])
        return self._digests[number]

    def shares(self, numbers: Sequence[int]) -> list[Share]:
        """Return who made these commits, who knows most first."""
        if not numbers:
            return []
        end = max(self.log[one].time for one in numbers)
        changes: Counter[str] = Counter()
        weights: dict[str, float] = defaultdict(float)
        last: dict[str, int] = {}
        for number in numbers:
            one = self.log[number]
            changes[one.author] += 1
            weights[one.author] += 2 ** ((one.time - end) / _HALF_S)
            last[one.author] = max(one.time, last.get(one.author, 0))
        total = sum(weights.values())
        order = sorted(changes, key=lambda name: (-round(weights[name], 9), name))
        return [Share(name, changes[name], weights[name] / total, last[name]) for name in order]

    def renames(self, paths: Sequence[str]) -> list[tuple[Past, str, str]]:
        """Return the commits that gave some files another name, newest first, and both names."""
        mine = {self.numbers[path] for path in paths if path in self.numbers}
        found = [
            (self.log[number], touch.old, touch.path)
            for number in self.of_files(paths)
            for touch in self.log[number].touches
            if touch.status == "R" and self.numbers.get(touch.path) in mine
        ]
        return found[::-1]

    def together(self, paths: Sequence[str]) -> Counter[int]:
        """Return how often files (by number) were changed along with any of some, in how many
        of their commits; broad commits say nothing and are left out."""
        mine = {self.numbers[path] for path in paths if path in self.numbers}
        counts: Counter[int] = Counter()
        for number in self.of_files(paths):
            touches = self.log[number].touches
            if len(touches) <= BROAD:
                counts.update({self.numbers[touch.path] for touch in touches} - mine)
        return counts

    def narrow(self, numbers: Iterable[int]) -> list[int]:
        """Return those commits that touched few enough files to say something."""
        return [one for one in numbers if len(self.log[one].touches) <= BROAD]


def is_robot(person: str) -> bool:
    """Whether commits in this name are made by a program."""
    return person.endswith("[bot]") or person.lower().endswith(("-bot", " bot", "-ci"))


def day(time: int) -> str:
    """Return a time as an ISO date."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()


def year(time: int) -> int:
    """Return the year of a time."""
    return datetime.fromtimestamp(time, UTC).year
