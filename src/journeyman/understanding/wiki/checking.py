"""Whether what a page says holds, asked of the index and of the lines it cites."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from journeyman.records import digest
from journeyman.understanding.wiki.claims import typed
from journeyman.understanding.wiki.page import Citation, Claim, ClaimKind, Page
from journeyman.understanding.wiki.quoting import clean, undecorated
from journeyman.understanding.wiki.sources import Sources

_NAME = re.compile(r"`([^`]+)`")
_WORD = re.compile(r"[^\W\d]\w*")
_QUOTED = re.compile("“([^”]*)”")


@dataclass
class Checked:
    """How many claims were made, and which do not hold and why."""

    commit: str = ""
    made: Counter[ClaimKind] = field(default_factory=Counter)
    failed: list[tuple[Claim, str]] = field(default_factory=list)

    @property
    def held(self) -> int:
        """How many hold."""
        return self.made.total() - len(self.failed)

    def take(self, claims: Iterable[Claim], sources: Sources) -> tuple[Claim, ...]:
        """Check claims, and return those that hold."""
        kept = []
        for claim in claims:
            self.made[claim.kind] += 1
            why = check(claim, sources)
            if why is None:
                kept.append(claim)
            else:
                self.failed.append((claim, why))
        return tuple(kept)

    def __str__(self) -> str:
        """Return ``42 of 42 claims hold at abc123``."""
        at = f" at {self.commit[:10]}" if self.commit else ""
        return f"{self.held:,} of {self.made.total():,} claims hold{at}"


def check(claim: Claim, sources: Sources) -> str | None:
    """Return why a claim does not hold, or `None` where it does."""
    for one in claim.cites:
        why = _missing(one, sources)
        if why:
            return why
    if claim.kind == "prose":
        return _unfounded(claim, sources)
    now = typed(sources, claim.kind, claim.subject, claim.object)
    if now is None:
        return "the index no longer says so"
    return None if now.text == claim.text else f"the index says: {now.text}"


def recheck(pages: Iterable[Page], sources: Sources) -> Checked:
    """Check all that stands on pages."""
    checked = Checked(sources.ground.commit)
    for page in pages:
        for section in page.sections:
            checked.take(section.claims, sources)
    return checked


def _missing(one: Citation, sources: Sources) -> str | None:
    lines = sources.lines(one.path)
    if sources.file(one.path) is None:
        return f"{one.path} is not there"
    if not 1 <= one.first <= one.last <= len(lines):
        return f"{one.path} has no lines {one.first} to {one.last}"
    if digest("\n".join(lines[one.first - 1 : one.last])) != one.hash:
        return f"lines {one.first} to {one.last} of {one.path} are not what was cited"
    return None


def _unfounded(claim: Claim, sources: Sources) -> str | None:
    """Return what prose says that is neither in the lines it cites nor next to them."""
    if not claim.cites:
        return "it cites nothing"
    cited = [sources.lines(one.path)[one.first - 1 : one.last] for one in claim.cites]
    text = " ".join(clean(undecorated(lines)) for lines in cited)
    said = text.replace("“", '"').replace("”", '"')
    for quote in _QUOTED.findall(claim.text):
        if quote not in said:
            return f"“{quote[:60]}” does not stand in the lines it cites"
    rest = _QUOTED.sub("", claim.text)
    whole = "\n".join(line for lines in cited for line in lines)
    known: set[str] | None = None
    for name in _NAME.findall(rest):
        if name in whole or any(f"/{one.path}".endswith(f"/{name}") for one in claim.cites):
            continue
        known = known if known is not None else _near(claim, sources)
        if not set(_WORD.findall(name)) <= known:
            return f"`{name}` occurs neither in the lines it cites nor next to them"
    return None


def _near(claim: Claim, sources: Sources) -> set[str]:
    """Return the names of what stands in the cited lines, and of its callers and callees."""
    found: set[str] = set()
    for one in claim.cites:
        facts = sources.file(one.path)
        if facts is None:
            continue
        here = {
            symbol.qualified
            for symbol in facts.symbols
            if symbol.first <= one.last and symbol.last >= one.first
        }
        near = set(here)
        for link in facts.out:
            if one.first <= link.line <= one.last or link.source in here:
                near.add(link.target)
        near |= {link.source for link in facts.into if link.target in here}
        for name in near:
            found |= set(_WORD.findall(name))
    return found
