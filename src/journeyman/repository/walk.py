"""Walk a history as a list of changes: commits, and merged branches as what they brought.

Nothing is checked out and no file is read: of each commit Git tells the message and, for each file,
how it changed and by how many lines. Commits come in parts, so that a long history takes no more
memory than a short one, and only as many as are asked for are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from journeyman.repository.git import Change, Commit, Git, parse_commit, status_of

PART = 500
_NAME = re.compile(r"[0-9a-f]{40,64}")
_SUBMODULE = "160000"


@dataclass(frozen=True)
class Step:
    """A commit where it stands in the history.

    The main line is what following first parents from the newest commit gives. `landed` is the
    commit of the main line that brought this one in (itself, or a merge), and `before` the main
    line's commit just before that: a tree that knows nothing of this change. A merge's changes
    are those against its first parent: all that its branch brought.
    """

    commit: Commit
    landed: str
    before: str | None
    branch: tuple[str, ...] = ()
    """Of a merge on the main line: the commits it brought, newest first, as far as walked."""
    cut: bool = False
    """Whether the parents are not there, because the clone is shallow."""

    @property
    def merge(self) -> bool:
        """Whether two lines come together here."""
        return len(self.commit.parents) > 1


def walk(git: Git, revision: str, limit: int | None = None, since: str = "") -> Iterator[Step]:
    """Yield the newest `limit` commits reachable from `revision`, children before parents.

    Args:
        since: Only commits younger than this date, as Git understands one.
    """
    bound = [f"--max-count={limit}"] if limit is not None else []
    bound += [f"--since={since}"] if since else []
    listed = git.run(
        *("rev-list", "--topo-order", "--parents", *bound, "--end-of-options", revision)
    )
    family = {line.split()[0]: line.split()[1:] for line in listed.decode().splitlines()}
    landings, branches = _landings(family)
    cut = _cut_off(git)
    order = list(family)
    for first in range(0, len(order), PART):
        part = order[first : first + PART]
        changes = _changes(git, part)
        for name, raw in zip(part, git.objects(part), strict=True):
            commit = parse_commit(name, raw, changes.get(name, ()))
            if name in cut:
                # Git shows the object as it was written, with parents that are not there.
                commit = commit.model_copy(update={"parents": (), "changes": ()})
            landed = landings.get(name, name)
            before = next(iter(family[landed]), None)
            yield Step(commit, landed, before, tuple(branches.get(name, ())), name in cut)


def _landings(
    family: dict[str, list[str]],
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return by which commit of the main line each commit landed, and what each merge brought.

    Merges are gone through oldest first, and what one brought, a later one did not bring.
    """
    line = []
    name = next(iter(family), None)
    while name is not None and name in family:
        line.append(name)
        name = next(iter(family[name]), None)
    landings = {name: name for name in line}
    branches: dict[str, list[str]] = {}
    position = {name: place for place, name in enumerate(family)}
    for merge in reversed(line):
        found: list[str] = []
        waiting = list(family[merge][1:])
        while waiting:
            name = waiting.pop()
            if name in family and name not in landings:
                landings[name] = merge
                found.append(name)
                waiting += family[name]
        if found:
            branches[merge] = sorted(found, key=position.__getitem__)
    return landings, branches


def _cut_off(git: Git) -> frozenset[str]:
    """Return the commits at which a shallow clone ends."""
    shallow = git.directory / "shallow"
    return frozenset(shallow.read_text("ascii").split()) if shallow.is_file() else frozenset()


def _changes(git: Git, names: Sequence[str]) -> dict[str, tuple[Change, ...]]:
    output = git.run(
        *("diff-tree", "--stdin", "-r", "-z", "--raw", "--numstat", "--no-abbrev", "--root"),
        *("-M", "--diff-merges=first-parent"),
        stdin="\n".join(names).encode() + b"\n",
    )
    return parse(output.decode("utf-8", "replace").split("\0")[:-1])


def parse(tokens: Iterable[str]) -> dict[str, tuple[Change, ...]]:
    """Return the changes of each commit from what ``diff-tree -z --raw --numstat`` prints."""
    found: dict[str, dict[str, Change]] = {}
    current: dict[str, Change] = {}
    rest = iter(tokens)
    for token in rest:
        if token.startswith(":"):
            change = _raw(token, rest)
            current[change.path] = change
        elif "\t" in token:
            added, removed, path = token.split("\t", 2)
            if not path:
                next(rest)
                path = next(rest)
            if path in current:
                current[path] = current[path].model_copy(update=_counts(added, removed))
        elif _NAME.fullmatch(token):
            current = found.setdefault(token, {})
    return {name: tuple(changes.values()) for name, changes in found.items()}


def _raw(token: str, rest: Iterator[str]) -> Change:
    mode, new_mode, before, after, letter = token[1:].split(" ")
    old = next(rest) if letter[0] in "RC" else None
    module = _SUBMODULE in (mode, new_mode)
    return Change(
        status=status_of(letter),
        path=next(rest),
        old=old,
        binary=module,
        before="" if module else before.strip("0") and before,
        after="" if module else after.strip("0") and after,
    )


def _counts(added: str, removed: str) -> dict[str, int | bool]:
    if added == "-":
        return {"binary": True}
    return {"added": int(added), "removed": int(removed)}
