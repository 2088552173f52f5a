"""The states that a repository was in: its files and its history as they were at past commits.

One corpus is moved from parent to parent, so that a state costs what differs from the one before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from journeyman.progress import Progress, Silent, stage
from journeyman.repository.git import Git
from journeyman.understanding.index.corpus import Corpus
from journeyman.understanding.index.crew import Crew
from journeyman.understanding.index.places import AtCommit, shown
from journeyman.understanding.index.record import FileRecord
from journeyman.understanding.parsing.languages import is_code, language_of
from journeyman.understanding.past.log import Past
from journeyman.understanding.past.memory import Memory
from journeyman.understanding.search.signals import History


class State(NamedTuple):
    """What stood there, and was known, when `commit` was still to be made on top of `parent`.

    `files` are those of code, by path; `corpus` searches them; `history` knows only commits that
    led to `parent`. All three move on when the next state is asked for.
    """

    commit: Past
    parent: str
    files: Mapping[str, FileRecord]
    corpus: Corpus
    history: History


def walk(
    git: Git,
    log: Sequence[Past],
    memory: Memory,
    asked: Sequence[Past],
    crew: Crew,
    progress: Progress | None = None,
    *,
    plain: str = "",
) -> Iterator[State]:
    """Yield the state at the parent of each commit in turn; one without a parent is left out.

    Args:
        log: All commits, in the order of `memory`.
        asked: Commits of it, oldest first.
        plain: Why files are to be read without their grammar, if they are.
    """
    progress = progress or Silent()
    number = {one.id: at for at, one in enumerate(log)}
    parents = _parents(git, [one.id for one in asked])
    asked = [one for one in asked if parents.get(one.id)]
    if not asked:
        return
    begin = parents[asked[0].id]
    files = {path: name for path, name in AtCommit(git, begin).files().items() if _fits(path)}
    steps = list(_steps(git, [parents[one.id] for one in asked]))
    needed = {(path, name) for step in steps for path, name in step.items() if name}
    with stage(progress, "read", len(files) + len(needed)):
        kept = _Kept(AtCommit(git, begin), crew, progress, plain)
        held = {record.path: record for record in kept.read(files.items())}
        later = kept.versions(needed)
    corpus = Corpus(held)
    with stage(progress, "ask", len(asked)):
        for commit, step in zip(asked, steps, strict=True):
            for path, name in step.items():
                if name:
                    held[path] = later[path, name]
                else:
                    held.pop(path, None)
            if step:
                corpus.update(step)
            parent = parents[commit.id]
            seen = memory.everything
            newer = git.run("rev-list", "HEAD", f"^{parent}").decode().split()
            seen[[number[one] for one in newer if one in number]] = False
            yield State(commit, parent, held, corpus, History(memory, corpus, seen))
            progress.advance()


def _fits(path: str) -> bool:
    return is_code(language_of(path))


def _parents(git: Git, commits: Sequence[str]) -> dict[str, str]:
    """Return the first parent of each commit that has one."""
    listing = git.run(
        *("rev-list", "--no-walk=unsorted", "--parents", "--stdin"),
        stdin="\n".join(commits).encode() + b"\n",
    )
    found = (line.split() for line in listing.decode().splitlines())
    return {line[0]: line[1] for line in found if len(line) > 1}


def _steps(git: Git, states: Sequence[str]) -> Iterator[Mapping[str, str]]:
    """Yield, from each state to the next, path to new version of what differs, empty for gone."""
    before = states[0]
    for state in states:
        if state == before:
            yield {}
            continue
        listing = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", before, state)
        tokens = listing.split(b"\0")
        step = {}
        for about, name in zip(tokens[::2], tokens[1::2], strict=False):
            _, mode, _, version, _ = about.decode().split()
            path = shown(name)
            if _fits(path):
                step[path] = version if mode.startswith("100") else ""
        before = state
        yield step


class _Kept:
    """Reads versions of files, whatever commit they belong to."""

    def __init__(self, place: AtCommit, crew: Crew, progress: Progress, plain: str) -> None:
        self._place = place
        self._crew = crew
        self._progress = progress
        self._plain = plain

    def read(self, files: Iterable[tuple[str, str]]) -> Iterator[FileRecord]:
        for records in self._crew.read(self._place, sorted(files), self._plain):
            self._progress.advance(len(records))
            yield from records

    def versions(self, needed: Iterable[tuple[str, str]]) -> dict[tuple[str, str], FileRecord]:
        """Return records by path and version; of one path there may be many."""
        rounds: list[dict[str, str]] = []
        found: dict[tuple[str, str], FileRecord] = {}
        for path, version in sorted(needed):
            for each in rounds:
                if path not in each:
                    each[path] = version
                    break
            else:
                rounds.append({path: version})
        for each in rounds:
            for record in self.read(each.items()):
                found[record.path, each[record.path]] = record
        return found
