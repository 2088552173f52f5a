"""Consecutive releases put under Git as commits, so that a package from the index has a history.

Each commit is dated by its upload and says what the release's own changelog says of it.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import Path

from journeyman.repository.archive import commit_archive
from journeyman.repository.git import Git
from journeyman.repository.index import Sdist, download

MOST_LINES = 60
"""Lines of a changelog's section that are taken over."""

_CHANGELOG = re.compile(r"(.*/)?(changes|changelog|history|news|release[-_ ]?notes)(\.\w+)?", re.I)
_HEADING = re.compile(
    r"^(#+\s*|=+\s*|\*+\s*)?\[?(version|release|v)?\s*v?(?P<version>\d+(\.\d+)+\w*)\b", re.I
)
_BULLET = re.compile(r"^\s*([-*+•]|\d+\.)\s+(?P<text>\S.*)")
_FIX = re.compile(r"\b(fix\w*|bugs?|crash\w*|incorrect\w*|regression)\b", re.IGNORECASE)
_UNDATED_S = 946_684_800


def commit_releases(
    releases: Sequence[Sdist], git: Git, reference: str, scratch: Path, pin: str = ""
) -> None:
    """Download `releases` (oldest first) and commit them to `reference`, one after another.

    `pin` is the SHA-256 that the last one must have. Raises `SourceError` as `download` and
    `commit_archive` do.
    """
    parent: str | None = None
    for number, sdist in enumerate(releases):
        last = number == len(releases) - 1
        archive, sha256 = download(sdist, scratch, pin if last else "")
        date_s = uploaded_s(sdist.uploaded)
        date_s = _UNDATED_S + 86_400 * number if date_s is None else date_s
        base = f"{sdist.name} {sdist.version}"
        commit_archive(archive, git, reference, base, parent=parent, date_s=date_s)
        # The changelog is read from the commit, so that no archive is ever unpacked.
        message = _message(base, sdist.version, _changelog(git, reference), sha256)
        git.run("update-ref", "-d", reference)
        commit_archive(archive, git, reference, message, parent=parent, date_s=date_s)
        archive.unlink()
        parent = git.resolve(reference)


def uploaded_s(text: str) -> int | None:
    """Return a date in ISO 8601 as seconds since 1970; `None` for what is none."""
    try:
        when = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(when.replace(tzinfo=when.tzinfo or datetime.UTC).timestamp())


def section(changelog: str, version: str) -> str:
    """Return what `changelog` says under the heading of `version`; empty where there is none."""
    lines = changelog.splitlines()
    headings = [
        (number, match["version"])
        for number, line in enumerate(lines)
        if (match := _HEADING.match(line.strip()))
    ]
    for position, (number, named) in enumerate(headings):
        if _same(named, version):
            after = headings[position + 1 :]
            end = after[0][0] if after else len(lines)
            kept = [
                line for line in lines[number + 1 : end] if not re.fullmatch(r"\s*[-=~^]+\s*", line)
            ]
            return "\n".join(kept[:MOST_LINES]).strip()
    return ""


def _message(base: str, version: str, changelog: str, sha256: str) -> str:
    """Return the commit's message: its subject is what the release fixes, or first changes."""
    said = section(changelog, version)
    bullets = [match["text"] for line in said.splitlines() if (match := _BULLET.match(line))]
    telling = next((bullet for bullet in bullets if _FIX.search(bullet)), next(iter(bullets), ""))
    subject = f"{base}: {telling}" if telling else base
    return "\n\n".join(part for part in (subject, said, f"sha256: {sha256}") if part) + "\n"


def _changelog(git: Git, commit: str) -> str:
    names = [
        entry.path.decode("utf-8", "replace")
        for entry in git.entries(commit)
        if entry.mode.startswith("100")
    ]
    found = sorted((n for n in names if _CHANGELOG.fullmatch(n)), key=lambda n: (n.count("/"), n))
    texts = [git.read(commit, name) for name in found[:3]]
    return "\n\n".join(text.decode("utf-8", "replace") for text in texts if text)


def _same(named: str, version: str) -> bool:
    def plain(text: str) -> str:
        return re.sub(r"(\.0)+$", "", text)

    return plain(named) == plain(version)
