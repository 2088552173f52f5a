"""What an agent can do: look, search, open, edit, run tests, submit.

Every policy acts through these and nothing else. A wrong call is answered, not raised: the
observation says what was wrong, and the attempt goes on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journeyman.errors import UserError
from journeyman.records import Action, Observation, TestReport
from journeyman.sandbox.session import Session

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer", "minimum": 1}


def _schema(description: str, required: Sequence[str] = (), **fields: Any) -> dict[str, Any]:
    return {
        "description": description,
        "type": "object",
        "properties": fields,
        "required": list(required),
        "additionalProperties": False,
    }


SCHEMAS: Mapping[str, dict[str, Any]] = {
    "look": _schema("List a folder of the repository.", path=_TEXT),
    "search": _schema(
        "Find a regular expression in the repository's text files; answers path:line: text.",
        ["pattern"],
        pattern=_TEXT,
        path={**_TEXT, "description": "Only in files whose path starts with this."},
    ),
    "open": _schema(
        "Show a file with line numbers.", ["path"], path=_TEXT, first=_NUMBER, last=_NUMBER
    ),
    "edit": _schema(
        "Replace the exact text `old` by `new`. `old` must occur once in the file, unless `line` "
        "is given: the line on which it starts, at its first column. Empty `old`: create the file.",
        ["path", "old", "new"],
        path=_TEXT,
        old=_TEXT,
        new=_TEXT,
        line=_NUMBER,
    ),
    "run_tests": _schema(
        "Run the task's tests (all by default) on the tree as it is now.",
        tests={"type": "array", "items": _TEXT},
        trace={"type": "boolean", "description": "Also tell which test executed which line."},
    ),
    "submit": _schema("Hand in the tree as it is now. Ends the attempt."),
}
"""Tool name to the JSON schema of its arguments."""

_HITS = 100
_LINES = 2000

RunTests = Callable[[Sequence[str], bool], TestReport]


class Toolbox:
    """The tools at work on one session.

    Args:
        session: The tree.
        run_tests: Runs visible tests by id (all for none) on the session's tree.
        tests: The visible tests.
    """

    def __init__(self, session: Session, run_tests: RunTests, tests: Sequence[str]) -> None:
        self.session = session
        self._run_tests = run_tests
        self._tests = tuple(tests)
        self._tools: dict[str, Callable[..., Observation]] = {
            "look": self._look,
            "search": self._search,
            "open": self._open,
            "edit": self._edit,
            "run_tests": self._run,
            "submit": lambda: Observation(text="Submitted."),
        }

    def use(self, action: Action) -> Observation:
        """Do one action and return what it showed; a wrong call gives an error observation."""
        problem = wrong(action)
        if problem:
            return Observation(text=problem, error=True)
        try:
            return self._tools[action.tool](**action.arguments)
        except UserError as error:
            return Observation(text=str(error), error=True)

    def _look(self, path: str = ".") -> Observation:
        prefix = "" if path in ("", ".", "./") else path.strip("/") + "/"
        entries: dict[str, int] = {}
        for name in self.session.files():
            if name.startswith(prefix):
                head, slash, _ = name[len(prefix) :].partition("/")
                entries[head + slash] = entries.get(head + slash, 0) + 1
        if not entries:
            return Observation(text=f"{path}: no such folder", error=True)
        lines = [
            f"{name} ({n} files)" if name.endswith("/") else name
            for name, n in sorted(entries.items())
        ]
        return Observation(text="\n".join(lines))

    def _search(self, pattern: str, path: str = "") -> Observation:
        try:
            compiled = re.compile(pattern)
        except re.error as error:
            return Observation(text=f"not a regular expression: {error}", error=True)
        hits: list[str] = []
        for name in self.session.files():
            if not name.startswith(path):
                continue
            for number, line in enumerate(self.session.read(name).splitlines(), start=1):
                if compiled.search(line):
                    hits.append(f"{name}:{number}: {line.strip()[:200]}")
            if len(hits) > _HITS:
                return Observation(text="\n".join(hits[:_HITS]) + "\n… more; narrow the search")
        return Observation(text="\n".join(hits) or "nothing found")

    def _open(self, path: str, first: int = 1, last: int | None = None) -> Observation:
        lines = self.session.read(path).split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        end = min(len(lines), first + _LINES * 10 - 1 if last is None else last)
        shown = [f"{n:>6}\t{lines[n - 1]}\n" for n in range(first, end + 1)]
        return Observation(text="".join(shown) or f"{path} has {len(lines)} lines")

    def _edit(self, path: str, old: str, new: str, line: int | None = None) -> Observation:
        if not old:
            if path in self.session.files():
                return Observation(text=f"{path} exists; say which text to replace", error=True)
            self.session.write(path, new)
            return Observation(text=f"Created {path}.")
        text = self.session.read(path)
        start = _find(text, old, line)
        if isinstance(start, str):
            return Observation(text=f"{path}: {start}", error=True)
        self.session.write(path, text[:start] + new + text[start + len(old) :])
        return Observation(text=f"Edited {path} at line {text.count(chr(10), 0, start) + 1}.")

    def _run(self, tests: Sequence[str] = (), trace: bool = False) -> Observation:
        unknown = [test for test in tests if test not in self._tests]
        if unknown:
            return Observation(text=f"not among the task's tests: {unknown[0]}", error=True)
        report = self._run_tests(tests, trace)
        known = {*self._tests}
        new = [one.id for one in report.results if one.id not in known and one.outcome != "error"]
        return Observation(text=describe(report, [*(tests or self._tests), *new]), report=report)


def wrong(action: Action) -> str:
    """Return what is wrong with an action's name or arguments; empty when nothing is."""
    schema = SCHEMAS.get(action.tool)
    if schema is None:
        return f"there is no tool {action.tool!r}; there are {', '.join(SCHEMAS)}"
    kinds = {"string": str, "integer": int, "boolean": bool, "array": (list, tuple)}
    for name in schema["required"]:
        if name not in action.arguments:
            return f"{action.tool}: the argument {name!r} is missing"
    for name, value in action.arguments.items():
        field = schema["properties"].get(name)
        if field is None:
            return f"{action.tool}: there is no argument {name!r}"
        fits = isinstance(value, kinds[field["type"]])  # type: ignore[arg-type]
        if not fits or (field["type"] == "integer" and (isinstance(value, bool) or value < 1)):
            return f"{action.tool}: {name} must be of type {field['type']}"
        if field["type"] == "array" and not all(isinstance(item, str) for item in value):
            return f"{action.tool}: {name} must hold strings"
        if any("\0" in item for item in (value if field["type"] == "array" else [str(value)])):
            return f"{action.tool}: {name} holds a null character"
    return ""


def describe(report: TestReport, tests: Sequence[str]) -> str:
    """Say a test report in words: the counts, then each failure with its place and message."""
    bad = [test for test in tests if not report.good(test)]
    lines = [f"{len(tests) - len(bad)} of {len(tests)} tests pass."]
    if report.ending != "finished":
        lines.append(f"The run did not finish: {report.ending}.")
    for test in bad[:12]:
        result = report.by_id.get(test)
        if result is None:
            lines.append(f"NOT RUN {test}")
        else:
            where = f" at {result.path}:{result.line}" if result.path else ""
            lines.append(f"FAILED {test}{where}: {result.message}")
    lines += [
        f"ERROR {result.id}: {result.message}"
        for result in report.results
        if result.outcome == "error" and result.id not in tests
    ]
    if len(bad) > 12:
        lines.append(f"… and {len(bad) - 12} more")
    return "\n".join(lines)


def _find(text: str, old: str, line: int | None) -> int | str:
    """Return the offset of `old`, or what is wrong with it."""
    if line is not None:
        lines = text.split("\n")
        if line > len(lines):
            return f"there is no line {line}"
        start = sum(len(part) + 1 for part in lines[: line - 1])
        return (
            start if text.startswith(old, start) else f"line {line} does not begin with that text"
        )
    count = text.count(old)
    if count == 1:
        return text.index(old)
    return f"that text occurs {count} times" + ("; give more of it, or the line" if count else "")
