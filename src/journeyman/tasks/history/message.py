"""What a commit's message says: a fix or not, a revert, a release, which issues, and its words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from journeyman.repository.git import Commit

FIX = re.compile(
    r"\b(fix(e[sd]|ing)?|bug(fix|s)?|hotfix|crash(es|ed|ing)?|wrong(ly)?|incorrect(ly)?|broken|"
    r"regress\w*|repair(s|ed)?|correct(s|ed|ly)?|fail(s|ure|ures|ed|ing)?|leak(s|ing)?|"
    r"infinite)\b",
    re.IGNORECASE,
)
"""Words of a subject that speak of a fix."""

_FIX_ISSUE = re.compile(r"\bfix(e[sd])?:?\s+([\w.-]+/[\w.-]+)?#\d+", re.IGNORECASE)
_BUG_BRANCH = re.compile(r"\b(hot|bug)?fix|\bbug", re.IGNORECASE)
_FEATURE = re.compile(
    r"\b(add(s|ed|ing)?|new|support(s|ed)?|allow(s|ed)?|implement(s|ed)?|introduce[sd]?|"
    r"feat(ure)?s?|enable[sd]?|make|provide[sd]?|extend(s|ed)?|accept(s|ed)?|improve[sd]?)\b",
    re.IGNORECASE,
)
_ISSUE = re.compile(r"(?:#|\bGH-|/(?:issues|pull)/)(\d+)\b", re.IGNORECASE)
_PULL = re.compile(r"\s*Merge pull request #(\d+) from (\S+)")
_MERGE = re.compile(r"\s*(Merge (branch|remote-tracking|tag|commit|pull|\w+ into)|Merged? )", re.I)
_SQUASHED = re.compile(r"\s*\(#(\d+)\)\s*$")
_REVERT = re.compile(r"\s*(Revert\b|revert:)", re.IGNORECASE)
_REVERTED = re.compile(r"This reverts (?:merge )?commit ([0-9a-f]{7,64})")
_RELEASE = re.compile(
    r"\s*((bump|prepare|set|update|increase)\w*\s+(the\s+)?(version|release)\b.*"
    r"|(release|version)\s+v?\d[\w.]*.*|v?\d+[.]\d+[\w.]*\s*(release)?"
    r"|back to development.*|start(ing)? .*(development|dev) .*|release)",
    re.IGNORECASE,
)
_BUMP = re.compile(
    r"\s*(\w+(\(.+\))?:\s*)?((bump|upgrade)s?\s+\S+\s+(from\s+\S+\s+)?to\s+\S+.*"
    r"|update (dependency|pre-commit|requirements?)\b.*|\[pre-commit.ci\].*"
    r"|(bump|update) the .+ group.*)",
    re.IGNORECASE,
)
_TRAILER = re.compile(r"^[A-Z][A-Za-z-]+(-by|-to|-Id|-on):\s.*$|^\(cherry picked from .*\)$|^---+$")


@dataclass(frozen=True)
class Message:
    """A commit's message in parts: `title` and `body` without merge lines, numbers and trailers.

    `issues` are the numbers named anywhere in it, a pull request's own among them; `reverts` is the
    commit that it takes back, as far as it says so.
    """

    title: str
    body: str
    issues: tuple[int, ...]
    fix: bool
    feature: bool
    revert: bool
    reverts: str
    release: bool
    bump: bool


def read_message(commit: Commit) -> Message:
    """Return what the message of `commit` says."""
    subject, body = commit.subject, commit.body
    pull = _PULL.match(subject)
    branch = pull[2].partition("/")[2] if pull else ""
    if _MERGE.match(subject) and len(commit.parents) > 1:
        title, _, body = body.lstrip("\n").partition("\n")
        subject = title.strip() or subject
    whole = f"{commit.subject}\n{commit.body}"
    reverts = _REVERTED.search(whole)
    return Message(
        title=_SQUASHED.sub("", subject).strip(),
        body=_without_trailers(body),
        issues=tuple(dict.fromkeys(int(number) for number in _ISSUE.findall(whole))),
        fix=bool(FIX.search(subject) or _FIX_ISSUE.search(whole) or _BUG_BRANCH.search(branch)),
        feature=bool(_FEATURE.search(subject)),
        revert=bool(_REVERT.match(subject)),
        reverts=reverts[1] if reverts else "",
        release=bool(_RELEASE.fullmatch(subject)),
        bump=bool(_BUMP.fullmatch(subject)),
    )


def _without_trailers(body: str) -> str:
    kept = [line for line in body.splitlines() if not _TRAILER.match(line.strip())]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
