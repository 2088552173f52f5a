"""Breaks are what they say, are Python, differ, and touch nothing else."""

from __future__ import annotations

import ast
import json.decoder
import textwrap
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.records.task import Severity
from journeyman.tasks.breaking import (
    BUILT_IN,
    Breakage,
    Site,
    Source,
    UnparsableError,
    by_name,
    candidates,
    families,
    worthy,
)
from journeyman.tasks.breaking.catalogue import markdown

MODULES = (textwrap, json.decoder)
ODD = (
    "\ufeff# é\r\n@wrap( 1 )\r\ndef odd(a, b = 2):\r\n"
    "\t'''Keep 1 + 1.'''\r\n"
    "\tx: int = (a  +b ) ; y = x   # why + why\r\n"
    "\tif(a == b): return(x)\r\n"
    "\telif  not  (a): raise ValueError( f'{a + 1!r:>{b}}' )\r\n"
    "\treturn [ i for i in range( x ,y )  if i ]  [ 0 ]"
)


def text_of(module: object) -> str:
    return Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")


@cache
def candidates_of(text: str) -> list[Site]:
    return list(candidates(Source("module.py", text)))


def every_family() -> list[pytest.param]:
    return [pytest.param(family, id=family.name) for family in families()]


@pytest.mark.parametrize("family", every_family())
def test_the_examples_of_a_family_are_results_of_it(family: Breakage) -> None:
    examples = family.examples()
    assert len(examples) >= 2
    for example in examples:
        source = Source("example.py", example.before)
        results = [site.apply(example.before) for site in candidates(source, [family])]
        assert example.after in results


def test_there_are_families_of_every_severity_with_names_of_their_own() -> None:
    assert len({family.name for family in BUILT_IN}) == len(BUILT_IN) >= 36
    assert {family.severity for family in BUILT_IN} == set(get_args(Severity))
    for family in BUILT_IN:
        assert family.quiet == (family.severity == "wrong result")


@pytest.mark.parametrize("text", [*map(text_of, MODULES), ODD])
def test_every_candidate_compiles_differs_and_is_new(text: str) -> None:
    # A spread of the candidates gets the expensive check of the whole file.
    sites = candidates_of(text)
    assert len(sites) > 20
    results = [site.apply(text) for site in sites]
    assert len(set(results)) == len(results)
    original = ast.dump(ast.parse(text.encode()))
    for site, result in list(zip(sites, results, strict=True))[:: max(1, len(results) // 80)]:
        if site.severity == "does not parse":
            with pytest.raises(SyntaxError):
                compile(result.encode(), "module.py", "exec", dont_inherit=True)
        else:
            compile(result.encode(), "module.py", "exec", dont_inherit=True)
            assert ast.dump(ast.parse(result.encode())) != original


@pytest.mark.parametrize("text", [*map(text_of, MODULES), ODD])
def test_a_break_stays_inside_its_function_and_on_its_line(text: str) -> None:
    for site in candidates_of(text):
        broken = site.apply(text)
        assert broken[: site.start] == text[: site.start]
        assert broken[site.start + len(site.replacement) :] == text[site.end :]
        assert site.first <= site.line <= site.last
        assert text[: site.start].count("\n") + 1 == site.line
        assert "\n" not in site.detail


def test_the_order_of_candidates_is_always_the_same() -> None:
    text = ODD
    assert list(candidates(Source("a.py", text))) == list(candidates(Source("a.py", text)))


def test_what_no_test_looks_at_is_not_broken() -> None:
    text = textwrap.dedent(
        '''
        from typing import TYPE_CHECKING
        LIMIT = 1 + 2
        if TYPE_CHECKING:
            def unseen(a): return a + 1
        class Box(Base[int], key=3):
            size: int = 4
            @cached(5)
            def get(self, default: "int" = 6) -> "int | None":
                """Docs, 1 + 1."""
                import os.path
                other: "Box" = default
                def inner(x=7):
                    return other
                return inner
        __all__ = ["Box"]
        if __name__ == "__main__":
            script = 8 + 9
        '''
    )
    sites = [one for one in candidates(Source("a.py", text)) if one.severity != "does not parse"]
    bodies = {text[site.start : site.end] for site in sites if site.scope == "body"}
    assert {site.function for site in sites if site.scope == "body"} == {"Box.get"}
    changed = " ".join(bodies)
    assert not any(word in changed for word in ("Docs", "int", "path", "cached", "LIMIT"))
    assert not any(digit in changed for digit in "1234567")
    others = {(site.function, site.scope) for site in sites if site.scope != "body"}
    assert others == {
        ("", "module"), ("Box", "class"), ("Box.get", "decorator"), ("Box.get", "signature"),
        ("Box.get", "module"),  # misspelt names that are read at import
    }  # fmt: skip
    for word in ("Docs", "unseen", '"int"', "path", "script", "__all__"):
        assert not any(word in text[site.start : site.end] for site in sites)


def test_messages_are_not_broken_quietly() -> None:
    text = 'def check(a):\n    if a:\n        raise ValueError("not" + " " + str(1))\n'
    for site in candidates(Source("a.py", text), [each for each in BUILT_IN if each.quiet]):
        assert site.line == 2


def test_methods_and_nested_functions_are_named_after_the_outermost_function() -> None:
    text = "class A:\n    class B:\n        def f(self, x):\n            def g(y):\n"
    text += "                return y + 1\n            return g(x)\n"
    sites = [site for site in candidates(Source("a.py", text)) if site.scope == "body"]
    assert {(site.function, site.first, site.last) for site in sites} == {("A.B.f", 3, 6)}
    assert {site.line for site in sites} == {5, 6}


def test_a_removed_statement_leaves_valid_code_behind() -> None:
    text = "def f(a):\n    if a:\n        a.clear()\n    a.add(1); a.add(2)\n"
    results = {
        s.apply(text) for s in candidates(Source("a.py", text), by_name("missing_statement"))
    }
    assert results == {
        "def f(a):\n    if a:\n        pass\n    a.add(1); a.add(2)\n",
        "def f(a):\n    if a:\n        a.clear()\n    pass; a.add(2)\n",
        "def f(a):\n    if a:\n        a.clear()\n    a.add(1); pass\n",
    }


@pytest.mark.parametrize("text", ["def f(:\n", "x = (\n", "x = '\0'\n", "def f():\nreturn 1\n"])
def test_text_that_is_not_python_gets_the_typed_error(text: str) -> None:
    with pytest.raises(UnparsableError, match=r"bad\.py"):
        list(candidates(Source("bad.py", text)))


def test_a_file_without_functions_is_judged_as_a_whole() -> None:
    assert list(candidates(Source("a.py", ""))) == []
    sites = list(candidates(Source("a.py", "x = 1\ny = x\n")))
    assert {(site.scope, site.judged) for site in sites} == {("module", ((1, 3),))}


NAMES = st.sampled_from(["a", "b", "self.c", "len(a)", "1", "'t'", "a[0]", "a[b:]", "None"])
EXPRESSIONS = st.recursive(
    NAMES,
    lambda inner: st.builds(
        "{0}{1} {2} {3}{4}".format,
        st.sampled_from(["(", "((\n"]),
        inner,
        st.sampled_from(["+", "-", "and", "or", "==", "not in", "if a else", "  *  ", "is"]),
        inner,
        st.just(")"),
    ).map(lambda code: code + ")" * (code.count("(") - code.count(")"))),
    max_leaves=6,
)


@settings(max_examples=25, deadline=None)
@given(EXPRESSIONS, st.booleans())
def test_generated_functions_break_into_other_functions(code: str, method: bool) -> None:
    text = f"def f(self, a, b):\n    while {code}:\n        b += {code}\n    return g({code}, b)\n"
    if method:
        text = "class C:\n" + textwrap.indent(text, "  ")
    original = ast.dump(ast.parse(text))
    for site in candidates(Source("a.py", text)):
        if site.severity != "does not parse":
            assert ast.dump(ast.parse(site.apply(text))) != original


def test_the_page_of_breakages_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "breakages.md"
    assert page.read_text(encoding="utf-8") == markdown()


def test_the_same_break_by_another_way_is_a_duplicate() -> None:
    source = Source("a.py", "def f(a, b):\n    return a < b\n")
    (site,) = [one for one in candidates(source) if one.replacement == "<="][:1]
    other = replace(site, family="another", replacement="<= ")
    found = list(worthy([site, other, site], lambda path: source))
    assert [one.duplicate for one in found] == [False, True, True]
