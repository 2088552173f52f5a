"""What samples do not show: comments above definitions, receivers, headers, imports in full."""

import pytest

from journeyman.understanding.parsing.imports import read_imports
from journeyman.understanding.parsing.parse import parse


@pytest.mark.parametrize(
    ("language", "source", "doc"),
    [
        ("go", "// F is.\n//\n// More.\nfunc F() {}", "F is."),
        ("go", "// Far away.\n\nfunc F() {}", ""),
        ("go", "//go:noinline\nfunc F() {}", ""),
        ("java", "/** Old. */ class A {}\nclass B {}", ""),
        ("java", "/**\n * Runs.\n * @return all\n */\n@A\nclass B {}", "Runs."),
        ("rust", "/// Runs.\n#[a(\n  b,\n)]\nfn f() {}", "Runs."),
        ("javascript", "/* eslint-disable */\nfunction f() {}", ""),
        ("javascript", "// All of it.\n(function () { function f() {} })()", ""),
        ("cpp", "/// @brief Runs.\ntemplate <typename T>\nvoid f() {}", "Runs."),
        ("csharp", "/// <summary>Runs <c>it</c>.</summary>\nclass A {}", "Runs it."),
        ("lua", "--[[ Runs.\nLong. ]]\nfunction f() end", "Runs. Long."),
        ("ruby", "# frozen_string_literal: true\ndef f; end", ""),
        ("php", "<?php\n/** Runs. */\n#[A]\nfunction f() {}", "Runs."),
        ("python", "# Runs.\n@a\ndef f(\n    x,\n):\n    return x", "Runs."),
    ],
)
def test_what_stands_right_above_documents(language: str, source: str, doc: str) -> None:
    assert parse(language, source.encode()).symbols[-1].doc == doc


@pytest.mark.parametrize(
    ("language", "source", "receiver"),
    [
        ("python", "a.b.f()", "a.b"),
        ("python", "f()", ""),
        ("python", "a().f()", "?"),
        ("python", "a[0].b.f()", "?"),
        ("javascript", "a?.b\n  .f()", "a.b"),
        ("javascript", "[...f()]", ""),
        ("javascript", "x=>f()", ""),
        ("go", "func x() {\n\ta.\n\t\tf()\n}", "a"),
        ("go", "func x() {\n\t// It ends.\n\tf()\n}", ""),
        ("java", "class A { int x = y -> f(); }", ""),
        ("rust", "fn x() { std::fs::f() }", "std.fs"),
        ("rust", "fn x() { 0..f() }", ""),
        ("cpp", "int x = ::f();", ""),
        ("cpp", "int x = a->b.f();", "a.b"),
        ("php", "<?php \\f();", ""),
        ("php", "<?php return $a?->f();", "$a"),
        ("lua", "a.b:f()", "a.b"),
        ("swift", "let x = a ? b : f()", ""),
    ],
)
def test_the_path_before_a_call_is_its_receiver(language: str, source: str, receiver: str) -> None:
    calls = {use.name: use for use in parse(language, source.encode()).references}
    assert calls["f"].receiver == receiver


@pytest.mark.parametrize(
    ("language", "statement", "named"),
    [
        ("javascript", "import a, { b as c } from 'x'", {("x", "b", "c"), ("x", "default", "a")}),
        ("javascript", "import * as a from 'x'", {("x", "", "a")}),
        ("javascript", "import 'x'", {("x", "", "")}),
        ("javascript", "export * as a from 'x'", {("x", "", "a")}),
        ("javascript", "a = require('x').b", {("x", "b", "a")}),
        ("typescript", "import type { A, type B } from 'x'", {("x", "A", "A"), ("x", "B", "B")}),
        ("rust", "pub use a::b::{self, C as D};", {("a::b", "", "b"), ("a::b", "C", "D")}),
        ("go", '"gopkg.in/yaml.v3"', {("gopkg.in/yaml.v3", "", "yaml")}),
        ("php", "use function A\\f as g;", {("A", "f", "g")}),
        ("scala", "import a.{B => _, C}", {("a", "C", "C")}),
        ("python", "from . import (a,\n b as c)", {(".", "a", "a"), (".", "b", "c")}),
        ("csharp", "global using static A.B;", {("A.B", "*", "")}),
        ("swift", "import struct A.B", {("A", "B", "B")}),
    ],
)
def test_a_statement_is_read_in_full(
    language: str, statement: str, named: set[tuple[str, str, str]]
) -> None:
    found = read_imports(language, statement, 7)
    assert {(one.module, one.name, one.alias) for one in found} == named
    assert {one.line for one in found} == {7}


def test_a_header_in_which_cplusplus_stands_is_read_as_it() -> None:
    assert parse("c", b"namespace a {\nclass B { int c(); };\n}\n").language == "cpp"
    assert parse("c", b"struct a { int b; };\n").language == "c"


def test_a_header_is_the_line_of_the_name() -> None:
    source = b"class A {\n  @Override\n  public int f() { return 1; }\n}\n"
    assert parse("java", source).symbols[1].header == "public int f() { return 1; }"


@pytest.mark.parametrize(
    ("language", "source", "qualified"),
    [
        ("ruby", "class A\n  def []=(key, value); end\nend", "A.[]="),
        ("kotlin", "class A {\n  fun `two words`() {\n  }\n}", "A.two words"),
        ("cpp", "TEST(suite, name) {\n  f();\n}", "suite.name"),
        ("cpp", "template <> bool a::B<int>::operator<(C c) { }", "a.B.operator<"),
        ("swift", "extension A.B { func f() {} }", "A.B.f"),
        ("javascript", "module.exports.a = () => 1", "a"),
        ("c", "typedef struct a { int b; } c;", "a.b"),
    ],
)
def test_what_a_definition_belongs_to_is_in_its_name(
    language: str, source: str, qualified: str
) -> None:
    assert parse(language, source.encode()).symbols[-1].qualified == qualified


def test_macros_that_stand_for_attributes_are_looked_through() -> None:
    source = b"NS_BEGIN_ALL\nclass EXPORT Till {\n  int a;\n};\nNS_INLINE auto f(int x) -> int {}\n"
    parsed = parse("cpp", source)
    assert not parsed.broken
    assert [symbol.qualified for symbol in parsed.symbols] == ["Till", "Till.a", "f"]


def test_macros_that_are_loops_keep_the_rest_of_a_function() -> None:
    source = b"int f(void) {\n  list_for_each(a, b) {\n    g(a);\n  }\n  return h();\n}\n"
    parsed = parse("c", source)
    assert not parsed.broken
    assert [use.name for use in parsed.references] == ["g", "h"]
