"""The log of a repository in one call of Git: fifty thousand commits in two or three seconds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from journeyman.repository.git import Git, GitError

_FORMAT = "%x01%H%x00%ct%x00%aN%x00%s%x00%b%x02"
_MOST_FILES = 2000
"""Files of one commit that are told; more is a move of the whole tree."""


class Touch(NamedTuple):
    """A file that a commit changed; `old` is its name before where that was another."""

    path: str
    status: str
    old: str


class Past(NamedTuple):
    """A commit that is no merge: when (seconds since 1970), who, what, and which files.

    The time is the committer's, which follows the order in which commits were made.
    """

    id: str
    time: int
    author: str
    subject: str
    body: str
    touches: tuple[Touch, ...]


def read_log(git: Git, revision: str, *, without: str = "") -> Iterator[Past]:
    """Yield the commits behind `revision` and not behind `without`, children before parents.

    Where contents are missing (a partial clone), renames cannot be told and are not.

    Raises:
        GitError: Git says no.
    """
    bounds = [revision, *([f"^{without}"] if without else [])]
    try:
        listing = _listing(git, "-M70%", bounds)
    except GitError:
        listing = _listing(git, "--no-renames", bounds)
    for block in listing.split(b"\x01")[1:]:
        head, _, names = block.partition(b"\x02")
        fields = head.decode("utf-8", "replace").split("\x00")
        if len(fields) != 5 or not fields[1].lstrip("-").isdigit():
            continue  # a message with our own marks in it
        name, time, author, subject, body = fields
        yield Past(name, int(time), author, subject, body, tuple(_touches(names)))


def _listing(git: Git, renames: str, bounds: list[str]) -> bytes:
    return git.run(
        *("log", "--no-merges", "--topo-order", "--name-status", "-z", renames),
        *(f"--format={_FORMAT}", "--no-show-signature", "--end-of-options", *bounds, "--"),
    )


def _touches(names: bytes) -> Iterator[Touch]:
    parts = names.strip(b"\n\0").split(b"\0") if names.strip(b"\n\0") else []
    at = count = 0
    while at + 1 < len(parts) and count < _MOST_FILES:
        status = parts[at].strip(b"\n").decode("ascii", "replace")[:1]
        renamed = status in "RC"
        if renamed and at + 2 >= len(parts):
            return
        path = parts[at + 2 if renamed else at + 1].decode("utf-8", "backslashreplace")
        old = parts[at + 1].decode("utf-8", "backslashreplace") if renamed else ""
        yield Touch(path, status, old)
        at += 3 if renamed else 2
        count += 1
