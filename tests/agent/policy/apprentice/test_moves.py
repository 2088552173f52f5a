"""The grammar of repairs: for each way of breaking code, the right repair is among the moves."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeyman.agent.policy.apprentice.grammar import moves
from journeyman.agent.policy.apprentice.kinds import GROUP_OF
from journeyman.agent.policy.apprentice.move import Move, line_edit
from journeyman.agent.policy.apprentice.source import source_of

# A name, then what stands in a function's body broken and whole.
REPAIRS = [
    ("boundary", "if a <= b:\n    return a", "if a < b:\n    return a"),
    ("opposite comparison", "if a is None:\n    return b", "if a is not None:\n    return b"),
    ("flipped comparison", "return a > b", "return a < b"),
    ("membership", "return a not in b", "return a in b"),
    ("arithmetic", "return a - b", "return a + b"),
    ("floor division", "return a / b", "return a // b"),
    ("bits", "return a | b", "return a & b"),
    ("augmented", "a -= b\nreturn a", "a += b\nreturn a"),
    ("augmented lost", "a = b\nreturn a", "a += b\nreturn a"),
    ("sign", "return a * b", "return a * -b"),
    ("sign gone", "return -a", "return a"),
    ("boolean", "return a or b", "return a and b"),
    ("not missing", "if a:\n    return b", "if not a:\n    return b"),
    ("not added", "if not a:\n    return b", "if a:\n    return b"),
    ("truth", "return True", "return False"),
    ("none", "c = None\nreturn c", "c = False\nreturn c"),
    ("number", "return a + 2", "return a + 1"),
    ("zero", "c = 1\nreturn c", "c = 0\nreturn c"),
    ("off by one in index", "return a[b]", "return a[b - 1]"),
    ("off by one in slice", "return a[:b + 1]", "return a[:b]"),
    ("off by one in range", "return list(range(b))", "return list(range(b + 1))"),
    ("slice bound lost", "return a[:]", "return a[1:]"),
    ("wrong variable", "return a", "return b"),
    ("wrong target", "c = a\nd = b\nreturn c + d", "c = a\nc = b\nreturn c + d"),
    ("unknown name", "return resut(a)", "return result(a)"),
    ("unknown builtin", "return lenn(a)", "return len(a)"),
    ("related builtin", "return max(a, b)", "return min(a, b)"),
    ("wrong attribute", "return self.right", "return self.left"),
    ("misspelt attribute", "return self.lft", "return self.left"),
    ("related method", "return a.lstrip()", "return a.rstrip()"),
    ("swapped arguments", "return result(b, a)", "return result(a, b)"),
    ("missing argument", "return result(a)", "return result(a, b)"),
    ("missing first argument", "return result(b)", "return result(a, b)"),
    ("missing only argument", "return result()", "return result(a)"),
    ("extra argument", "return result(a, b)", "return result(a)"),
    ("missing return", "result(a)", "return result(a)"),
    ("return without value", "c = a\nreturn", "c = a\nreturn c"),
    ("return gone", "c = a + b\n", "c = a + b\nreturn c"),
    ("guard", "return a.x", "if a is None:\n    return None\nreturn a.x"),
    ("guard on emptiness", "return a[0]", "if not a:\n    return b\nreturn a[0]"),
    (
        "guard in loop",
        "for c in a:\n    b(c)",
        "for c in a:\n    if not c:\n        continue\n    b(c)",
    ),
    (
        "first value",
        "for i in a:\n    c += i\nreturn c",
        "c = 0\nfor i in a:\n    c += i\nreturn c",
    ),
    ("first list", "for i in a:\n    c.append(i)", "c = []\nfor i in a:\n    c.append(i)"),
    ("step of a loop", "c = 0\nwhile c < b:\n    a()", "c = 0\nwhile c < b:\n    a()\n    c += 1"),
    (
        "collecting",
        "c = []\nfor i in a:\n    b(i)\nreturn c",
        "c = []\nfor i in a:\n    b(i)\n    c.append(i)\nreturn c",
    ),
    ("field", "self.left = a", "self.left = a\nself.b = b"),
    ("string", "return 'other'", "return 'word'"),
    (
        "swapped branches",
        "if a:\n    c = 1\nelse:\n    c = 2\nreturn c",
        "if a:\n    c = 2\nelse:\n    c = 1\nreturn c",
    ),
    ("break", "for c in a:\n    continue", "for c in a:\n    break"),
    ("continue", "for c in a:\n    break", "for c in a:\n    continue"),
    ("pass", "for c in a:\n    pass", "for c in a:\n    continue"),
    ("extra statement", "a = b\nb = a\nreturn b", "b = a\nreturn b"),
    ("order", "b = a\na = b\nreturn b", "a = b\nb = a\nreturn b"),
    ("dropped call", "return a", "return len(a)"),
    ("extra call", "return len(a)", "return a"),
    ("call of a method forgotten", "return self.left", "return self.left()"),
    ("extra operand", "return a and b", "return a"),
    ("condition constant", "while False:\n    a()", "while True:\n    a()"),
    (
        "exception",
        "try:\n    a()\nexcept KeyError:\n    b()",
        "try:\n    a()\nexcept ValueError:\n    b()",
    ),
    ("too deep", "for c in a:\n    b(c)\n    return c", "for c in a:\n    b(c)\nreturn c"),
    ("yield", "yield a", "yield from a"),
    ("filter", "return [c for c in a if c]", "return [c for c in a]"),
    ("conditional", "return a if b else None", "return None if b else a"),
]
HEAD = """\
WORDS = 'word'


def result(first, second=None):
    return len(str(first)) + len(str(second))


class Thing:
    def left(self):
        return self.left, self.right, a_function

    def broken(self, a, b):
"""


def whole(body: str) -> str:
    return HEAD + textwrap.indent(body.rstrip("\n") + "\n", " " * 8)


def moves_on(text: str, path: str = "m.py") -> list[Move]:
    last = text.count("\n")
    first = HEAD.count("\n") if text.startswith(HEAD) else 1
    return moves({path: text}, {path: dict.fromkeys(range(first, last + 1), 1.0)})


def done(text: str, move: Move) -> str:
    return text[: move.start] + move.new + text[move.end :]


@pytest.mark.parametrize(
    ("broken", "fixed"), [one[1:] for one in REPAIRS], ids=[r[0] for r in REPAIRS]
)
def test_the_right_repair_is_among_the_moves(broken: str, fixed: str) -> None:
    text = whole(broken)
    wanted = ast.dump(ast.parse(whole(fixed)))
    assert any(ast.dump(ast.parse(done(text, move))) == wanted for move in moves_on(text))


@pytest.mark.parametrize("broken", [one[1] for one in REPAIRS], ids=[r[0] for r in REPAIRS])
def test_moves_parse_differ_and_can_be_said_in_whole_lines(broken: str) -> None:
    text = whole(broken)
    source = source_of(text)
    assert source is not None
    results = set()
    for move in moves_on(text):
        result = done(text, move)
        ast.parse(result)
        assert result != text
        assert text[move.start : move.end] == move.old
        assert move.kind in GROUP_OF
        edit = line_edit(source, move)
        assert edit.old
        assert edit.new
        start = source.starts[edit.line - 1]
        assert text.startswith(edit.old, start)
        assert text[:start] + edit.new + text[start + len(edit.old) :] == result
        results.add(result)
    assert len(results) == len(moves_on(text))


def test_only_lines_asked_for_are_changed() -> None:
    text = "def f(a, b):\n    c = a + b\n    return c\n"
    found = moves({"m.py": text}, {"m.py": {3: 1.0}})
    assert found
    assert {move.line for move in found} <= {1, 3}


def test_the_limit_keeps_the_most_suspicious_lines() -> None:
    text = "def f(a, b):\n    c = a + b\n    return c - a\n"
    found = moves({"m.py": text}, {"m.py": {2: 0.1, 3: 1.0}}, limit=20)
    assert len(found) == 20
    assert {move.line for move in found} <= {1, 3}


def test_text_that_is_not_python_has_no_moves() -> None:
    assert moves({"m.py": "def f(:\n"}, {"m.py": {1: 1.0}}) == []
    assert moves({"m.py": "x\0"}, {"m.py": {1: 1.0}}) == []


def test_places_are_right_beside_letters_of_several_bytes_and_other_line_ends() -> None:
    text = "def f(a, b):\r\n    c = 'ä𝕏' + a\r\n    return c\r\n"
    found = moves_on(text)
    assert "def f(a, b):\r\n    c = 'ä𝕏' + b\r\n    return c\r\n" in {done(text, m) for m in found}
    assert all("\n" not in m.new.replace("\r\n", "") for m in found)


NAMES = st.sampled_from(["a", "b", "self", "len", "missing"])
EXPRESSIONS = st.recursive(
    st.one_of(NAMES, st.sampled_from(["0", "1.5", "'w'", "None", "True", "f'{a}'", "a.left"])),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "<", "and", "in", "is not", "**"]), inner).map(
            lambda three: f"({three[0]} {three[1]} {three[2]})"
        ),
        st.lists(inner, max_size=3).map(lambda some: f"call({', '.join(some)})"),
        st.tuples(inner, inner).map(lambda two: f"a[{two[0]}:{two[1]}]"),
        inner.map(lambda one: f"[c for c in a if {one}]"),
        inner.map(lambda one: f"(not {one})"),
        inner.map(lambda one: f"(lambda c: {one})"),
        inner.map(lambda one: f"call(key={one}, *a)"),
    ),
    max_leaves=6,
)
STATEMENTS = st.tuples(
    st.sampled_from(
        [
            "return {}",
            "c = {}",
            "c += {}",
            "{}",
            "if {}:\n    pass\nelif a:\n    b()  # why\nelse:\n    c = 2",
            "for c in {}:\n    continue",
            "while {}: break",
            "with {} as c:\n    return",
            "assert {}, 'text'",
            "try:\n    {}\nexcept KeyError as error:\n    raise\nfinally:\n    b()",
            "def inner(c={}):\n    return c",
            "return (\n    {},\n    b,\n)",
            "match a:\n    case 1:\n        return {}",
            "a = 1; b = {}",
        ]
    ),
    EXPRESSIONS,
).map(lambda pair: pair[0].format(pair[1]))


@settings(max_examples=60, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=3))
def test_every_move_on_any_function_keeps_the_file_parsing(statements: list[str]) -> None:
    text = whole("\n".join(statements))
    for move in moves_on(text):
        ast.parse(done(text, move))
