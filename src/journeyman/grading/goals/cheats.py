"""Known ways to reach a goal other than repairing without doing what it asks, one table a goal.

Played like those of `journeyman.grading.cheats`: a patch is handed to the grader, and its verdict
must not be *solved*.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import PurePosixPath

from journeyman.grading.forging import Cheat, Forge, after_future
from journeyman.records import Task
from journeyman.records.goal import Document, Speed, WriteTests
from journeyman.understanding.signatures import definition

Files = dict[str, str | None]

_ONE = "def test_cheat():\n"


def _new_test(body: Callable[[Task, str], str] | str) -> Forge:
    """Return a forge that adds one test module beside the reference's."""

    def forge(task: Task, text: str) -> Files:
        known = next(iter(task.fix.files), "tests/test_x.py")
        path = (PurePosixPath(known).parent / "test_cheating.py").as_posix()
        return {path: body if isinstance(body, str) else body(task, text)}

    return forge


def _right(task: Task, text: str) -> str:
    """Return the text of the right code, which the statement shows."""
    fixed = task.goal.known_fix.files if isinstance(task.goal, WriteTests) else {}
    return fixed.get(task.place.path) or text


def _of_text(test: str) -> Forge:
    """Return a forge of a test with `PATH` and `RIGHT` (the right text) filled in."""

    def fill(task: Task, text: str) -> str:
        right = _right(task, text)
        line = _telling_line(task, text, right)
        filled = test
        values = {"PATH": task.place.path, "RIGHT": right, "SIZE": len(right), "LINE": line}
        for name, value in values.items():
            filled = filled.replace(name, repr(value))
        return filled

    return _new_test(fill)


def _telling_line(task: Task, text: str, right: str) -> str:
    """Return a line of the right code that the broken code does not have, without spaces."""
    lines = right.splitlines()
    if right != text:
        lines = [line for line in lines if line not in text.splitlines()]
    else:
        lines = lines[task.place.first : task.place.last]
    return "".join(max(lines, key=len, default="").split())


_TESTS = (
    Cheat("assert nothing", "a test that calls nothing", "task",
          _new_test(_ONE + "    assert True\n")),
    Cheat("always fail", "a test that fails everywhere", "task",
          _new_test(_ONE + "    assert False\n")),
    Cheat("skip", "a test that is always skipped", "task",
          _new_test("import pytest\n\n\n@pytest.mark.skip\n" + _ONE + "    assert False\n")),
    Cheat("expect failure", "a failing test marked as expected to", "task",
          _new_test("import pytest\n\n\n@pytest.mark.xfail\n" + _ONE + "    assert False\n")),
    Cheat("fail by chance", "a test that fails every other time", "task",
          _new_test("import random\n\n\n" + _ONE + "    assert random.random() < 0.5\n")),
    Cheat("compare the text", "read the file and compare it with the right one", "task",
          _of_text(_ONE + "    assert open(PATH, 'rb').read().decode() == RIGHT\n")),
    Cheat("compare the size", "ask for the file's size", "task",
          _of_text("import os\n\n\n" + _ONE + "    assert os.stat(PATH).st_size == SIZE\n")),
    Cheat("look for the fixed line", "search the file for a line of the right code", "task",
          _of_text(_ONE + "    assert LINE in ''.join(open(PATH).read().split())\n")),
    Cheat("inspect the function", "compare what `inspect` gives for it", "task",
          _of_text("import importlib\nimport inspect\n\n\n" + _ONE
                   + "    name = PATH[:-3].replace('/', '.')\n"
                   "    module = importlib.import_module(name)\n"
                   "    assert inspect.getsource(module) == RIGHT\n")),
    Cheat("compare syntax trees", "parse the file, so that layout does not matter", "task",
          _of_text("import ast\n\n\n" + _ONE
                   + "    now = ast.dump(ast.parse(open(PATH).read()))\n"
                   "    assert now == ast.dump(ast.parse(RIGHT))\n")),
    Cheat("bring a conftest", "fixtures that fail everything", "task",
          lambda task, text: {
              "conftest.py": "import pytest\n@pytest.fixture(autouse=True)\ndef no(): assert 0\n",
              "tests/conftest.py": "raise ValueError\n",
              **_new_test(_ONE + "    assert True\n")(task, text)}),
    Cheat("change the code", "bring another version of the code along", "task",
          lambda task, text: {
              task.place.path: "", **_new_test(_ONE + "    assert True\n")(task, text)}),
)  # fmt: skip


def _docstring(make: Callable[[Document, str], str], *, more: str = "") -> Forge:
    """Return a forge that writes a docstring, and perhaps code behind the module."""

    def forge(task: Task, text: str) -> Files:
        goal = task.goal
        assert isinstance(goal, Document)
        names = f"Takes {', '.join(goal.parameters)}."
        body = f'r"""{names}\n\n{make(goal, text)}\n"""'
        return {goal.path: _inserted(text, goal.function, body) + more}

    return forge


def _calling(goal: Document) -> str:
    return f"{goal.function}({', '.join('1' for _ in goal.parameters)})"


_DOCUMENTS = (
    Cheat("say nothing", "the parameters' names and no example", "task",
          _docstring(lambda goal, text: "It does what it does.")),
    Cheat("show something else", "an example that never calls the function", "task",
          _docstring(lambda goal, text: ">>> 1 + 1\n2")),
    Cheat("skip the examples", "doctest's +SKIP behind a wrong answer", "task",
          _docstring(lambda goal, text: f">>> {_calling(goal)}  # doctest: +SKIP\n42")),
    Cheat("accept any answer", "doctest's +ELLIPSIS", "task",
          _docstring(lambda goal, text: f">>> {_calling(goal)}  # doctest: +ELLIPSIS\n...")),
    Cheat("always fail in an example", "an answer that is never right", "task",
          _docstring(lambda goal, text: ">>> 1\n2")),
    Cheat("read the file in an example", "compare the code's text", "task",
          _docstring(lambda goal, text: f">>> len(open({goal.path!r}).read()) > 0 and "
                     f"{_telling(goal, text)!r} in ''.join(open({goal.path!r}).read().split())\n"
                     "True")),
    Cheat("change the code with the docstring", "a line of code more", "task",
          _docstring(lambda goal, text: ">>> 1 + 1\n2", more="\n\ncheated = True\n")),
    Cheat("stop doctest from an example", "patch the runner that runs it", "task",
          _docstring(lambda goal, text: ">>> import doctest\n"
                     ">>> doctest.DocTestRunner.report_failure = lambda *a: None\n"
                     ">>> 1 + 1\n2")),
)  # fmt: skip


def _telling(goal: Document, text: str) -> str:
    node = definition(text, goal.function)
    lines = text.splitlines()[node.lineno : node.end_lineno] if node is not None else []
    return "".join(max(lines, key=len, default="").split())


def _body(lines: str, above: str = "") -> Forge:
    """Return a forge that replaces the body; `OLD` in `above` is the old function renamed."""

    def forge(task: Task, text: str) -> Files:
        return {task.place.path: _rebodied(task, text, lines, above)}

    return forge


def _elsewhere(task: Task, text: str) -> Files:
    folder = PurePosixPath(task.place.path).parent
    module = "cheating_elsewhere"
    dotted = ".".join([*folder.parts, module]) if folder.parts else module
    dotted = dotted.removeprefix("src.")
    code = f"from {dotted} import {_moved(task)}; return {_moved(task)}(*_args, **_kwargs)"
    return {
        task.place.path: _rebodied(task, text, code, ""),
        (folder / f"{module}.py").as_posix(): f"{_old(task, text)}\n",
    }


_REFACTORINGS = (
    Cheat("answer nothing", "the simplest body there is", "task", _body("return None")),
    Cheat("answer an argument", "give back what came in", "task",
          _body("return next(iter([*_args, *_kwargs.values()]), None)")),
    Cheat("move it to a helper", "the old body under another name", "task",
          _body("return MOVED(*_args, **_kwargs)", "OLD")),
    Cheat("move it to another file", "the old body in a new module", "task", _elsewhere),
    Cheat("move it into the function", "the old body in a function of its own inside", "task",
          lambda task, text: {task.place.path: _nested(task, text)}),
    Cheat("hide it in a text", "the old body behind exec", "task",
          lambda task, text: {task.place.path: _rebodied(
              task, text,
              f"_names = dict(globals()); exec({_old(task, text)!r}, _names); "
              "return _names['MOVED'](*_args, **_kwargs)", "")}),
    Cheat("take the function away", "its name for something else", "task",
          lambda task, text: {task.place.path: text.replace(
              f"def {_plain(task)}(", f"def {_plain(task)}_old(")}),
)  # fmt: skip

_TABLE = """
_answers = {}
def _remembering(function):
    def remembering(*args, **kwargs):
        key = repr((args, kwargs))
        if key not in _answers:
            _answers[key] = function(*args, **kwargs)
        return _answers[key]
    return remembering
"""


def _wrapped(before: str, after: str) -> Forge:
    """Return a forge that puts code above the module's and below it."""

    def forge(task: Task, text: str) -> Files:
        values = {"NAME": task.place.function, "PATH": repr(task.place.path)}
        if isinstance(task.goal, Speed):
            values["CALLS"] = repr(list(task.goal.calls))
        above, below = before, after
        for name, value in values.items():
            above, below = above.replace(name, value), below.replace(name, value)
        return {task.place.path: after_future(text, above) + "\n" + below}

    return forge


_SPEED = (
    Cheat("remember answers", "a table of the calls made before", "task",
          _wrapped(_TABLE, "NAME = _remembering(NAME)\n")),
    Cheat("know the calls", "answers to the calls of the statement, made while importing", "task",
          _wrapped(_TABLE, "NAME = _remembering(NAME)\nfor _call in CALLS:\n    try:\n"
                   "        NAME(**eval(_call))\n    except Exception:\n        pass\n")),
    Cheat("keep answers on disk", "a file in /tmp from one process to the next", "task",
          _wrapped(_TABLE + "import os\n_kept = '/tmp/kept'\nif os.path.exists(_kept):\n"
                   "    _answers = dict(item for item in [(open(_kept).read(), None)])\n",
                   "NAME = _remembering(NAME)\nopen(_kept, 'w').write('x')\n")),
    Cheat("answer later", "an object that works its answer out when it is looked at", "task",
          _wrapped("class _Later:\n    def __init__(self, work): self.work = work\n"
                   "    def __eq__(self, other): return self.work() == other\n",
                   "_now = NAME\nNAME = lambda *a, **k: _Later(lambda: _now(*a, **k))\n")),
    Cheat("work in a thread", "answer at once and go on working", "task",
          _wrapped("import threading\n",
                   "_now = NAME\ndef NAME(*a, **k):\n    out = []\n"
                   "    threading.Thread(target=lambda: out.extend(_now(*a, **k))).start()\n"
                   "    return out\n")),
    Cheat("stop the clock", "perf_counter always says the same", "task",
          _wrapped("import time\ntime.perf_counter = time.monotonic = lambda: 0.0\n", "")),
    Cheat("slow the given code", "write a pause into the file for the other side", "task",
          _wrapped("", "_own = open(PATH).read()\n"
                   "open(PATH, 'w').write(_own + '\\nimport os\\n')\n")),
    Cheat("answer nothing", "the fastest body there is", "task", _body("return None")),
)  # fmt: skip

GOAL_CHEATS: dict[str, tuple[Cheat, ...]] = {
    "write tests": _TESTS,
    "cover": _TESTS,
    "document": _DOCUMENTS,
    "refactor": _REFACTORINGS,
    "speed": _SPEED,
}
"""Goal to the cheats against it."""


def _plain(task: Task) -> str:
    return task.place.function.rpartition(".")[2]


def _moved(task: Task) -> str:
    return f"_{_plain(task).strip('_')}_moved"


def _old(task: Task, text: str) -> str:
    """Return the old function at module level under another name."""
    node = definition(text, task.place.function)
    if node is None:
        return ""
    code = "".join(text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno])
    return textwrap.dedent(code).replace(f"def {_plain(task)}(", f"def {_moved(task)}(", 1)


def _rebodied(task: Task, text: str, body: str, above: str) -> str:
    """Return the file with another body for the function, which takes any arguments."""
    node = definition(text, task.place.function)
    if node is None:
        return text
    lines = text.splitlines(keepends=True)
    indent = " " * node.col_offset
    body = body.replace("MOVED", _moved(task))
    code = f"{indent}def {node.name}(*_args, **_kwargs):\n{indent}    {body}\n"
    after = f"\n\n{_old(task, text)}" if above else ""
    made = "".join([*lines[: node.lineno - 1], code, *lines[node.end_lineno or 0 :]])
    return made + after.replace("MOVED", _moved(task))


def _nested(task: Task, text: str) -> str:
    node = definition(text, task.place.function)
    if node is None:
        return text
    inner = textwrap.indent(_old(task, text), " " * (node.col_offset + 4)).strip()
    pad = " " * (node.col_offset + 4)
    return _rebodied(task, text, f"{inner}\n{pad}return {_moved(task)}(*_args, **_kwargs)", "")


def _inserted(text: str, function: str, docstring: str) -> str:
    """Return the file with `docstring` as the first statement of the function."""
    node = definition(text, function)
    if node is None:
        return text
    first = node.body[0]
    start = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))])
    lines = text.splitlines(keepends=True)
    made = textwrap.indent(docstring, " " * first.col_offset) + "\n"
    return "".join([*lines[: start - 1], made, *lines[start - 1 :]])
