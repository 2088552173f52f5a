"""What to imitate and what to stay away from, by the index; the team has the last word."""

from __future__ import annotations

import re

from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.wiki.ground import is_top
from journeyman.understanding.wiki.past import day
from journeyman.understanding.wiki.relations import Group
from journeyman.understanding.wiki.sources import Sources
from journeyman.understanding.wiki.surface import is_public, uses_of
from journeyman.understanding.wiki.wording import count

_DEPRECATED = re.compile(r"(?i)^@?deprecated\b|\.\. deprecated|\bis deprecated\b|\bobsolete\b")
_LARGE_FUNCTION, _LARGE_FILE = 150, 2500
_SHORT_FUNCTION = 80
_MOST = 5
_ACTIVE = ("function", "method", "class", "interface", "struct", "enum", "trait")
_YEAR_S = 365 * 86400
_CHURN = 12
"""Changes within the last year of the history that make a file one that moves."""


def reasons(sources: Sources, group: Group, side: str) -> list[tuple[str, str]]:
    """Return why something of a group is to be imitated (``good``) or not (``bad``), and what."""
    key = (group.name, side)
    if key not in sources.reasons:
        sources.reasons[key] = (_good if side == "good" else _bad)(sources, group)
    return sources.reasons[key]


def _good(sources: Sources, group: Group) -> list[tuple[str, str]]:
    guidance = sources.guidance
    found = [
        ("the team says so (journeyman.toml)", path)
        for path in group.paths
        if guidance.says(path) == "imitate"
    ][:_MOST]
    scored = []
    for one in _code(sources, group):
        lines = one.last - one.first + 1
        if not one.doc or not is_public(one) or guidance.says(one.path) == "avoid":
            continue
        if one.kind not in ("function", "class", "struct", "method") or _deprecated(one):
            continue
        if not is_top(one) or lines < 8:
            continue
        uses, tests = uses_of(sources, one)
        small = lines <= (_SHORT_FUNCTION if one.kind != "class" else 4 * _SHORT_FUNCTION)
        if uses and tests and small:
            score = min(8, len(tests)) + min(8, len(uses)) + min(4, len(one.doc) / 60)
            quiet = _quiet(sources, one.path)
            why = (
                f"documented, {count(lines, 'line')}, used in {count(len(uses), 'place')},"
                f" {count(len(tests), 'test')}{quiet}"
            )
            scored.append((-score - 3 * bool(quiet), one.path, one.ordinal, why, one.qualified))
    scored.sort()
    found += [(why, f"{path}::{name}") for _, path, _, why, name in scored]
    return found[:_MOST]


def _bad(sources: Sources, group: Group) -> list[tuple[str, str]]:
    guidance = sources.guidance
    found = [
        ("the team says so (journeyman.toml)", path)
        for path in group.paths
        if guidance.says(path) == "avoid"
    ][:_MOST]
    spared = {path for path in group.paths if guidance.says(path)}
    code = [one for one in _code(sources, group) if one.path not in spared]
    deprecated = [one for one in code if one.kind in _ACTIVE and _deprecated(one)]
    found += [("deprecated, by its own words", _name(one)) for one in deprecated[:_MOST]]
    large = []
    for one in code:
        lines = one.last - one.first + 1
        if one.kind in ("function", "method") and lines > _LARGE_FUNCTION:
            tests = uses_of(sources, one)[1]
            untested = "" if tests else ", no test names it"
            large.append(
                (-lines, f"{count(lines, 'line')} in one {one.kind}{untested}", _name(one))
            )
    found += [(why, name) for _, why, name in sorted(large)[:3]]
    moving = []
    for path in group.paths:
        facts = sources.file(path)
        if facts is None or facts.category != "code" or path in spared:
            continue
        recent = _recent(sources, path)
        if recent >= _CHURN:
            moving.append((-recent, f"moving: {recent} changes within a year", path))
        elif facts.lines > _LARGE_FILE:
            moving.append((0, f"large: {count(facts.lines, 'line')} in one file", path))
        elif _untested(sources, path):
            used = count(len({link.path for link in facts.into}), "file")
            moving.append((1, f"used by {used}, and no test names anything in it", path))
    found += [(why, path) for _, why, path in sorted(moving)[:4]]
    return list({name: (why, name) for why, name in reversed(found)}.values())[::-1]


def _code(sources: Sources, group: Group) -> list[Definition]:
    return [one for one in sources.definitions(group) if _is_code(sources, one.path)]


def _is_code(sources: Sources, path: str) -> bool:
    return sources.ground.category(path) == "code"


def _deprecated(one: Definition) -> bool:
    return bool(_DEPRECATED.search(one.doc)) or "@deprecated" in one.header.lower()


def _name(one: Definition) -> str:
    return f"{one.path}::{one.qualified}"


def _untested(sources: Sources, path: str) -> bool:
    facts = sources.file(path)
    if facts is None or facts.lines < 80 or len({link.path for link in facts.into}) < 3:
        return False
    return not any(sources.ground.category(link.path) == "test" for link in facts.into)


def _recent(sources: Sources, path: str) -> int:
    """Return how many commits of few files changed one in the year before its last change."""
    story = sources.ground.story
    commits = story.narrow(story.of_file(path))
    if not commits:
        return 0
    end = story.log[commits[-1]].time
    return sum(story.log[one].time > end - _YEAR_S for one in commits)


def _quiet(sources: Sources, path: str) -> str:
    """Return since when a file has hardly changed, if it is at least some years old."""
    story = sources.ground.story
    commits = story.of_file(path)
    if len(commits) < 3 or _recent(sources, path) > 4:
        return ""
    first = story.log[commits[0]].time
    last = story.log[commits[-1]].time
    return f", {len(commits)} changes since {day(first)}" if last - first > 2 * _YEAR_S else ""
