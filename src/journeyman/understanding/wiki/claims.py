"""Typed claims: made from the index, and made again from it to see whether they still hold.

A typed claim is what a maker says of a subject and an object. To check one is to let the same maker
look at today's index: where it says something else, or nothing, the claim does not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from journeyman.understanding.graph.edges import Definition
from journeyman.understanding.wiki.ground import Link, is_top
from journeyman.understanding.wiki.page import Claim, ClaimKind
from journeyman.understanding.wiki.past import day, year
from journeyman.understanding.wiki.quoting import cite
from journeyman.understanding.wiki.relations import Group
from journeyman.understanding.wiki.sources import Sources
from journeyman.understanding.wiki.standing import reasons
from journeyman.understanding.wiki.surface import is_public, uses_of
from journeyman.understanding.wiki.wording import code, count, listed, named, plain

_CLASSES = ("class", "interface", "struct", "enum", "trait")


def typed(sources: Sources, kind: ClaimKind, subject: str, object: str) -> Claim | None:
    """Return what can be said of this kind about a subject and an object, or `None`."""
    return _MAKERS[kind](sources, subject, object)


def each(
    sources: Sources, kind: ClaimKind, subject: str, objects: Iterable[str]
) -> tuple[Claim, ...]:
    """Return what can be said about a subject and each of some objects."""
    made = (typed(sources, kind, subject, one) for one in objects)
    return tuple(one for one in made if one is not None)


def _defines(sources: Sources, subject: str, object: str) -> Claim | None:
    one = sources.definition(object)
    if one is None or one.path != subject:
        return None
    uses, tests = uses_of(sources, one)
    files = len({link.path for link in uses})
    used = f"; used in {count(len(uses), 'place')} of {count(files, 'file')}" if uses else ""
    tested = f"; {count(len(tests), 'test')}" if tests else ""
    text = (
        f"{code(subject)} defines the {one.kind} {code(one.qualified)}, lines {one.first} to"
        f" {one.last}{used}{tested}."
    )
    return Claim("defines", text, subject, object, (cite(sources, one.path, one.first, one.first),))


def _calls(sources: Sources, subject: str, object: str) -> Claim | None:
    if subject.startswith("concept:"):
        return _flows(sources, subject, object)
    links = _between(sources, subject, object)
    if not links:
        return None
    names = Counter(link.target for link in links)
    best = sorted(names, key=lambda name: (-names[name], name))[:3]
    more = f" and {count(len(names) - 3, 'other name')}" if len(names) > 3 else ""
    text = (
        f"{code(_short(subject))} uses {listed([code(name) for name in best])}{more} of"
        f" {code(_short(object))} ({count(len(links), 'place')})."
    )
    first = links[0]
    return Claim("calls", text, subject, object, (cite(sources, first.path, *[first.line] * 2),))


def _flows(sources: Sources, subject: str, object: str) -> Claim | None:
    slugs = subject.partition(":")[2], object.partition(":")[2]
    titles = sources.titles()
    for flow in sources.flows(slugs[0]):
        if (flow.source, flow.target) == slugs:
            source, target = (named(titles[one]) for one in slugs)
            text = (
                f"{source} uses {target} in {count(flow.times, 'place')},"
                f" most of all {listed([code(name) for name in flow.names])}."
            )
            cited = cite(sources, flow.first.path, flow.first.line, flow.first.line)
            return Claim("calls", text, subject, object, (cited,))
    return None


def _between(sources: Sources, subject: str, object: str) -> list[Link]:
    """Return the references from a file or definition to another."""
    path, _, name = subject.partition("::")
    to, _, target = object.partition("::")
    facts = sources.file(path)
    return [
        link
        for link in (facts.out if facts else ())
        if link.to == to
        and (not name or f"{link.source}.".startswith(f"{name}."))
        and (not target or f"{link.target}.".startswith(f"{target}."))
    ]


def _imports(sources: Sources, subject: str, object: str) -> Claim | None:
    facts = sources.file(subject)
    if facts is None or object not in facts.imports:
        return None
    return Claim("imports", f"{code(subject)} imports {code(object)}.", subject, object)


def _tests(sources: Sources, subject: str, object: str) -> Claim | None:
    """Say how often a test file refers to what belongs to a group."""
    group = sources.group(object)
    facts = sources.file(subject)
    if group is None or facts is None or facts.category != "test":
        return None
    links = [link for link in facts.out if sources.inside(group, link.to, link.target)]
    if not links:
        return None
    tests = len({link.source for link in links if link.source})
    names = Counter(link.target for link in links)
    best = sorted(names, key=lambda name: (-names[name], name))[:3]
    users = count(tests, "test or helper", "tests and helpers")
    used = listed([code(name) for name in best])
    text = f"{code(subject)} tests {group.title}: {users} in it use {used}."
    first = cite(sources, subject, links[0].line, links[0].line)
    return Claim("tests", text, subject, object, (first,))


def _owns(sources: Sources, subject: str, object: str) -> Claim | None:
    group = sources.group(object)
    if group is None:
        return None
    numbers = sources.commits(group)
    for share in sources.ground.story.shares(numbers):
        if share.person == subject:
            text = (
                f"{plain(subject, 60)} made {share.changes:,} of the"
                f" {count(len(numbers), 'change')} to {group.title}, the last on"
                f" {day(share.last)}; weighted for age that is {share.weight:.0%} of what is known"
                " of it."
            )
            return Claim("owns", text, subject, object)
    return None


def _changes_with(sources: Sources, subject: str, object: str) -> Claim | None:
    group = sources.group(subject)
    if group is None:
        return None
    for one in sources.partners(group):
        if one.path == object:
            text = (
                f"{code(object)} was changed in {one.times:,} of the {count(one.of, 'commit')}"
                f" that changed {group.title}."
            )
            return Claim("changes with", text, subject, object)
    return None


def _counts(sources: Sources, subject: str, object: str) -> Claim | None:
    what, _, rest = object.partition(":")
    group = sources.group(subject)
    return _COUNTS[what](sources, group, subject, rest) if group is not None else None


def _size(sources: Sources, group: Group, subject: str, _: str) -> Claim | None:
    held = sources.definitions(group)
    classes = sum(one.kind in _CLASSES for one in held)
    functions = sum(one.kind in ("function", "method") for one in held)
    public = [one for one in held if is_public(one) and is_top(one)]
    documented = sum(bool(one.doc) for one in public)
    parts = [
        count(len(group.paths), "file"),
        count(sources.lines_of(group), "line"),
        *([count(classes, "class", "classes")] if classes else []),
        *([count(functions, "function or method", "functions and methods")] if functions else []),
    ]
    docs = (
        f" Of {count(len(public), 'public definition')} at the top level, {documented:,} have"
        f" documentation."
        if public
        else ""
    )
    text = f"{group.title}: {listed(parts)}.{docs}"
    return Claim("counts", text, subject, "size")


def _kinds(sources: Sources, group: Group, subject: str, _: str) -> Claim | None:
    files: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    for path in group.paths:
        facts = sources.file(path)
        if facts is not None:
            files[facts.category] += 1
            if facts.category in ("code", "test"):
                languages[facts.language] += facts.lines
    spoken = sorted(languages, key=lambda one: (-languages[one], one))[:4]
    by_lines = [f"{one} ({count(languages[one], 'line')})" for one in spoken]
    code_in = f" Languages: {listed(by_lines)}." if by_lines else ""
    parts = [f"{files[one]:,} of {one}" for one in ("code", "test", "prose", "data") if files[one]]
    return Claim("counts", f"Files by kind: {listed(parts)}.{code_in}", subject, "kinds")


def _tested(sources: Sources, group: Group, subject: str, _: str) -> Claim | None:
    public = [one for one in sources.definitions(group) if is_public(one) and is_top(one)]
    public = [one for one in public if one.kind not in ("constant", "field", "type")]
    if not public:
        return None
    tests = [uses_of(sources, one)[1] for one in public]
    every = {test for held in tests for test in held}
    if not every:
        what = count(len(public), "public class or function", "public classes and functions")
        return Claim(
            "counts", f"No test names any of the {what} of {group.title}.", subject, "tested"
        )
    text = (
        f"Tests refer to {sum(bool(held) for held in tests):,} of the"
        f" {count(len(public), 'public class or function', 'public classes and functions')} of"
        f" {group.title} by name: {count(len(every), 'test or helper', 'tests and helpers')} in"
        f" {count(len({test.partition('::')[0] for test in every}), 'file')}."
    )
    return Claim("counts", text, subject, "tested")


def _origin(sources: Sources, group: Group, subject: str, _: str) -> Claim | None:
    numbers = sources.commits(group)
    if not numbers:
        return None
    first = sources.commit(numbers[0])
    text = (
        f"The oldest commit known to have changed {group.title} is {code(first.id[:10])} of"
        f" {day(first.time)} by {plain(first.author, 60)}: “{plain(first.subject)}”."
    )
    return Claim("counts", text, subject, "origin")


def _pace(sources: Sources, group: Group, subject: str, _: str) -> Claim | None:
    numbers = sources.commits(group)
    if not numbers:
        return None
    commits = [sources.commit(one) for one in numbers]
    years = Counter(year(one.time) for one in commits)
    busiest = min(years, key=lambda one: (-years[one], one))
    people = len({one.author for one in commits})
    text = (
        f"{group.title} was changed in {count(len(commits), 'commit')} by"
        f" {count(people, 'person', 'people')}; the busiest year was {busiest} with"
        f" {years[busiest]:,}, the last change is of {day(max(one.time for one in commits))}."
    )
    return Claim("counts", text, subject, "pace")


def _stands(sources: Sources, group: Group, subject: str, rest: str) -> Claim | None:
    """Say why something is to be imitated or stayed away from; `rest` is SIDE:NAME."""
    side, _, name = rest.partition(":")
    for why, one in reasons(sources, group, side):
        if one == name:
            path, _, qualified = name.partition("::")
            what = f"{code(qualified)} in {code(path)}" if qualified else code(path)
            found: Definition | None = sources.definition(name) if qualified else None
            cites = (cite(sources, path, found.first, found.first),) if found else ()
            return Claim("counts", f"{what}: {why}.", subject, f"stands:{rest}", cites)
    return None


_COUNTS: dict[str, Callable[[Sources, Group, str, str], Claim | None]] = {
    "size": _size,
    "kinds": _kinds,
    "tested": _tested,
    "origin": _origin,
    "pace": _pace,
    "stands": _stands,
}

_MAKERS: dict[ClaimKind, Callable[[Sources, str, str], Claim | None]] = {
    "defines": _defines,
    "calls": _calls,
    "imports": _imports,
    "tests": _tests,
    "owns": _owns,
    "changes with": _changes_with,
    "counts": _counts,
}


def _short(name: str) -> str:
    return name.partition("::")[2] or name
