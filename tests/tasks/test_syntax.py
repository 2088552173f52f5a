"""Breaks by a grammar are code, differ, touch nothing else, and are named like Python's."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from journeyman.errors import SourceError
from journeyman.languages.javascript.grammar import JAVASCRIPT, TYPESCRIPT, grammar_of
from journeyman.languages.rust_grammar import RUST
from journeyman.tasks.breaking import BUILT_IN, Site, UnparsableError
from journeyman.tasks.syntax import (
    Grammar,
    SyntaxSource,
    families_of,
    functions,
    near_duplicates,
    parsing,
    worthy,
)
from journeyman.tasks.syntax.family import SyntaxFamily

CODE = """\
// é: a comment, 1 + 1
import { limit } from './limit.js';

export class Shelf {
  #size = 3;
  constructor(items = []) { this.items = [...items]; this.log = null; }
  async take(name, count = 1) {
    const found = this.items.find((item) => item?.name === name);
    if (!found) throw new RangeError(`no ${name}` + "é");
    while (count > 0 && found.count >= 1) {
      found.count -= 1;
      count--;
      if (found.count === limit) break;
    }
    await this.store(found, count);
    switch (count) {
      case 0: return 'all';
      default: return count < 0 ? 'none' : 'some';
    }
  }
  store(item, rest) { this.log = { item, rest, deep: true }; return Promise.resolve(rest || 0); }
}
const last = (list) => list[list.length - 1] ?? null;
(function () {
  function inner(a, b) {
    for (let i = 0; i < a.length; i++) { if (!b) continue; b += Number(i); }
    return b;
  }
  module.exports = inner;
})();
"""
TYPED = """\
export interface Box<T> { size: number; get(i: 1 | 2): T }
export function pick<T extends object>(box: Box<T>, at: number = 1): T | null {
  const found = box.get(at as 1) as T;
  let count: number = 0;
  if (at > 2) { return null; }
  count += at;
  return found;
}
"""


def found_in(text: str, path: str = "a.js") -> list[Site]:
    one = SyntaxSource(path, text, grammar_of(path))
    every = (site for family in families_of(JAVASCRIPT) for site in family.sites(one))
    return list(worthy(every, lambda _: one))


@pytest.mark.parametrize(
    "family",
    [
        pytest.param(family, id=f"{family.grammar.name}-{family.name}")
        for grammar in (JAVASCRIPT, RUST)
        for family in families_of(grammar)
    ],
)
def test_the_examples_of_a_family_are_results_of_it(family: SyntaxFamily) -> None:
    grammars = [TYPESCRIPT, JAVASCRIPT] if family.grammar is JAVASCRIPT else [family.grammar]
    for grammar in grammars:
        for example in family.examples():
            one = SyntaxSource("example", example.before, grammar)
            sites = worthy(family.sites(one), lambda _, one=one: one)
            assert example.after in [site.apply(example.before) for site in sites]


def test_there_are_enough_families_named_like_those_for_python() -> None:
    names = {family.name for family in families_of(JAVASCRIPT)}
    assert len(names) >= 20
    assert names - {family.name for family in BUILT_IN} == {"missing_await"}
    assert len(families_of(RUST)) >= 10


def test_every_break_differs_stays_in_its_function_and_is_told_once() -> None:
    sites = [site for site in found_in(CODE) if not site.duplicate]
    assert len(sites) > 80
    assert len({site.family for site in sites}) >= 18
    results = [site.apply(CODE) for site in sites]
    assert len(set(results)) == len(results) and CODE not in results
    for site in sites:
        broken = site.apply(CODE)
        assert broken[: site.start] == CODE[: site.start]
        assert broken[site.start + len(site.replacement) :] == CODE[site.end :]
        assert site.first <= site.line <= site.last
        assert CODE[: site.start].count("\n") + 1 == site.line


def test_functions_are_named_by_class_and_by_what_they_are_assigned_to() -> None:
    names = [one.qualname for one in functions("a.js", CODE, JAVASCRIPT)]
    assert names == ["Shelf.constructor", "Shelf.take", "Shelf.store", "last", "inner"]


def test_types_imports_and_comments_are_not_broken() -> None:
    sites = found_in(TYPED, "a.ts")
    assert {site.function for site in sites} == {"pick"} and len(sites) > 8
    changed = {TYPED[site.start : site.end] for site in sites}
    assert not changed & {"Box", "number", "1", "T", "object"}
    assert all("import" not in CODE[site.start : site.end] for site in found_in(CODE))


@pytest.mark.parametrize(
    "same",
    [
        "function f(a, b) { return (a) < b; }",
        "function f(a, b) { return a < b }",
        "function f(a, b) { /* why */ return a <\n b; }",
    ],
)
def test_what_reads_the_same_is_no_break(same: str) -> None:
    text = "function f(a, b) { return a < b; }"
    one = SyntaxSource("a.js", text, JAVASCRIPT)
    site = Site("x", "a.js", "f", 1, 1, 1, 0, len(text), same, "")
    assert list(worthy([site], lambda _: one)) == []
    other = Site("x", "a.js", "f", 1, 1, 1, 0, len(text), same.replace("<", ">"), "")
    assert len(list(worthy([other], lambda _: one))) == 1


def test_what_is_no_code_is_dropped() -> None:
    text = "function f(a) { return a; }"
    one = SyntaxSource("a.js", text, JAVASCRIPT)
    site = Site("x", "a.js", "f", 1, 1, 1, text.index("return"), len(text), "return (", "")
    assert list(worthy([site], lambda _: one)) == []


def test_text_that_is_no_code_gets_the_typed_error() -> None:
    with pytest.raises(UnparsableError, match=r"bad\.js"):
        list(found_in("function (", "bad.js"))


def test_parsing_ends_at_its_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "PARSE_S", 0.02)
    monkeypatch.setattr(parsing, "MAX_BYTES", 1 << 30)
    text = "function f(a, b) { return a + b }\n" * 200_000
    started = time.monotonic()
    with pytest.raises(SourceError, match="too long"):
        list(found_in(text))
    # Parsing all of it takes a second and more; the limit is asked for every hundred steps or so.
    assert time.monotonic() - started < 1


def test_copies_with_other_names_are_near_duplicates() -> None:
    one = (
        "function sum(values) { let total = 0; for (const v of values) total += v; return total; }"
    )
    two = one.replace("values", "items").replace("total", "s").replace("v of", "i of")
    two = two.replace("+= v", "+= i").replace("sum", "add")
    other = "function head(list) { if (list.length > 3) { return list.slice(1); } return list; }"
    pairs = near_duplicates({"a": one, "b": two, "c": other}, JAVASCRIPT)
    assert pairs == [("a", "b")]


@pytest.mark.parametrize(("text", "suffix"), [(CODE, ".mjs")])
def test_node_accepts_every_break(text: str, suffix: str, tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("there is no node on this machine")
    sites = found_in(text)
    for number, site in enumerate(sites):
        (tmp_path / f"{number}{suffix}").write_text(site.apply(text), "utf-8")
    check = (
        "import fs from 'node:fs'; import vm from 'node:vm';"
        "for (const f of fs.readdirSync('.')) if (f.endsWith('.mjs') && /^\\d/.test(f))"
        " try { new vm.SourceTextModule(fs.readFileSync(f, 'utf8')); }"
        " catch (e) { console.log(f, e.message); }"
    )
    (tmp_path / "check.js").write_text(check, "utf-8")
    command = ["node", "--experimental-vm-modules", "--no-warnings", "--input-type=module", "-e"]
    done = subprocess.run(
        [*command, check], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    wrong = [f"{sites[int(line.split('.')[0])]}: {line}" for line in done.stdout.splitlines()]
    assert done.returncode == 0 and wrong == []


def test_every_grammar_is_carried_by_its_package() -> None:
    for grammar in (JAVASCRIPT, TYPESCRIPT, RUST):
        assert isinstance(grammar, Grammar)
        assert SyntaxSource("a", "", grammar).tree.root_node.child_count == 0
