"""A site says truly what has to run again for it, and whose tests judge it."""

from __future__ import annotations

import ast
import dis
import inspect
import json.decoder
import re
import textwrap
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.tasks.breaking import Site, Source, candidates, unchecked

CLASSES = textwrap.dedent(
    """
    import re
    from json import loads, dumps

    LIMIT = 10
    TWICE = LIMIT * 2
    WORD = re.compile("[a-z]+$")
    UNUSED = 4

    class Base:
        size = 3
        name: str = "base_name"

        def __init__(self, size=3, *, key=None):
            super().__init__()
            self.size = size

        @property
        def area(self):
            return self.size * TWICE

        def walk(self, node):
            with self.lock:
                for child in node:
                    yield from self.walk(child.nodes)
            other = [super(Base, self).walk(n) for n in node if n]
            return __class__, other

    @register
    class Other(Base):
        def text(self, value=0):
            global LIMIT
            LIMIT = value
            try:
                return loads(value)
            except ValueError:
                raise
    """
)


def text_of(module: object) -> str:
    return Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")


def steps_of(code: CodeType) -> tuple[tuple[str, object], ...]:
    return tuple(
        (step.opname.replace("GLOBAL", "NAME"), step.arg if step.opname == "LOAD_CONST" else name)
        for step in dis.get_instructions(code)
        for name in [None if isinstance(step.argval, CodeType) else repr(step.argval)]
    )


def shapes(text: str) -> tuple[tuple[object, ...], list[tuple[str, object]]]:
    """Return what modules and classes compile to, and (name, code) of each function in them."""
    functions: list[tuple[str, object]] = []

    def shape(code: CodeType, inside: bool) -> tuple[object, ...]:
        consts = []
        for const in code.co_consts:
            if not isinstance(const, CodeType):
                consts.append(repr(const))
            elif inside or not const.co_flags & inspect.CO_OPTIMIZED:
                consts.append(shape(const, inside))
            else:
                functions.append((const.co_qualname, shape(const, True)))
                consts.append((const.co_qualname, const.co_freevars))
        # In a module or class, globals are names: a function's `global` only changes which is said.
        steps = code.co_code if inside else steps_of(code)
        return (
            steps, tuple(consts), code.co_names, code.co_varnames, code.co_freevars,
            code.co_cellvars, code.co_flags, code.co_argcount, code.co_kwonlyargcount,
        )  # fmt: skip

    return shape(compile(text, "a.py", "exec", dont_inherit=True, optimize=0), False), functions


def assert_scope_holds(text: str, sites: list[Site]) -> int:
    outer, functions = shapes(text)
    count = 0
    for site in sites:
        if site.scope != "body":
            continue
        now_outer, now = shapes(site.apply(text))
        changed = [old for old, new in zip(functions, now, strict=True) if old != new]
        assert now_outer == outer, site
        assert [name for name, _ in changed] == [site.function], site
        count += 1
    return count


@pytest.mark.parametrize("text", [CLASSES, text_of(textwrap), text_of(json.decoder)])
def test_compiling_the_function_alone_is_enough_for_a_break_of_its_body(text: str) -> None:
    sites = list(candidates(Source("a.py", text)))
    assert assert_scope_holds(text, sites[:: 1 + len(sites) // 300]) > 20


@pytest.mark.parametrize("text", [CLASSES, text_of(json.decoder)])
def test_it_is_not_enough_for_other_breaks(text: str) -> None:
    outer, _ = shapes(text)
    seen = set()
    for site in candidates(Source("a.py", text)):
        if site.scope in ("decorator", "class", "module") and site.severity != "does not parse":
            seen.add(site.scope)
            if not re.search("super|__class__", text[site.start : site.end] + site.replacement):
                assert shapes(site.apply(text))[0] != outer, site
    assert "module" in seen


def test_a_method_that_loses_its_only_super_needs_its_class_again() -> None:
    text = "class A(B):\n    def f(self):\n        super().f()\n        return 1 + 1\n"
    sites = list(candidates(Source("a.py", text)))
    assert {site.scope for site in sites if "super" in text[site.start : site.end]} >= {"class"}
    assert assert_scope_holds(text, sites) > 0


def test_what_runs_at_import_is_judged_by_the_functions_that_depend_on_it() -> None:
    source = Source("a.py", CLASSES)
    lines = CLASSES.split("\n")

    def judged(word: str, scope: str, new: str) -> set[tuple[tuple[int, int], ...]]:
        return {
            site.judged
            for site in unchecked(source)
            if site.scope == scope and word in lines[site.line - 1] and new in site.replacement
        }

    area = next(n for n, line in enumerate(lines, 1) if "def area" in line)
    text = next(n for n, line in enumerate(lines, 1) if "def text" in line)
    # LIMIT is read by TWICE, which `area` reads; `text` sets it.
    assert judged("LIMIT = 10", "module", "11") == {((area, area + 1), (text, text + 6))}
    assert judged("@property", "decorator", "") == {((area, area + 1),)}
    assert judged("def text", "signature", "1") == {((text, text + 6),)}
    # Nothing reads it: whatever goes through the file.
    assert judged("UNUSED", "module", "5") == {((1, len(lines)),)}


def test_what_does_not_parse_or_import_is_judged_by_all_tests_of_the_file() -> None:
    source = Source("a.py", CLASSES)
    found = [s for s in candidates(source) if s.severity in ("does not parse", "does not import")]
    assert len(found) > 10
    assert {(site.scope, site.judged) for site in found} == {
        ("module", ((1, len(CLASSES.split("\n"))),))
    }


VALUES = st.sampled_from(["a", "b + 1", "a[1:]", "len(b)", "(a - b) * 2", "a is None", "f(a, k=b)"])
SIMPLE = st.one_of(
    st.builds("a += {}".format, VALUES),
    st.builds("a, b = b, {}".format, VALUES),
    st.builds("a = g({})".format, VALUES),
    st.builds("b.append({})".format, VALUES),
    st.builds("return {}".format, VALUES),
    st.sampled_from(["total = 0", "super().f(a)", "raise", "x = 'a_b, '", "x = f'{a!r:>3}'"]),
)
BLOCKS = st.sampled_from(
    ["if {}:", "for c, d in {}:", "while {}:", "with {} as e:", "try:", "if {}: #e", "for c in {}:"]
)


def indented(header: str, value: str, lines: list[str]) -> list[str]:
    inner = [f"    {line}" for line in lines]
    if header == "try:":
        return [header, *inner, "except ValueError:", *inner]
    if header.endswith("#e"):
        return [header.format(value), *inner, "else:", *inner]
    return [header.format(value), *inner]


BODIES = st.recursive(
    st.lists(SIMPLE, min_size=1, max_size=3),
    lambda inner: st.builds(
        lambda before, header, value, lines: [*before, *indented(header, value, lines)],
        inner, BLOCKS, VALUES, inner,
    ),
    max_leaves=4,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(BODIES)
def test_generated_methods_break_as_is_said(lines: list[str]) -> None:
    body = "".join(f"        {line}\n" for line in lines)
    text = f"K = 3\nclass A(B):\n    def f(self, a, b=K):\n{body}    def g(self): return K\n"
    original = ast.dump(ast.parse(text))
    sites = list(candidates(Source("a.py", text)))
    assert sites == list(candidates(Source("a.py", text)))
    for site in sites:
        broken = site.apply(text)
        assert broken[: site.start] == text[: site.start]
        assert broken[site.start + len(site.replacement) :] == text[site.end :]
        if site.severity == "does not parse":
            with pytest.raises(SyntaxError):
                compile(broken, "a.py", "exec", dont_inherit=True)
        else:
            assert ast.dump(ast.parse(broken)) != original
    assert_scope_holds(text, sites)
