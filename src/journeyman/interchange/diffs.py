"""A patch written as Git writes one, so that `git apply` brings back every byte of it.

`Patch.diff` is for reading. What other tools apply has to hold for any text: lines end at a line
feed and nowhere else (form feeds and lone carriage returns are part of a line), empty files come
and go without a hunk, and odd names are quoted.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from journeyman.records import Patch

_Step = tuple[str, int, int, int, int]
_NO_NEWLINE = "\\ No newline at end of file\n"
_ESCAPES = {
    7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r",
    34: '\\"', 92: "\\\\",
}  # fmt: skip


def git_diff(patch: Patch, read: Callable[[str], str | None]) -> str:
    """Return `patch` as a Git diff against the tree that `read` reads (`None`: no such file).

    Files that `patch` leaves as they are do not occur. New files get the mode 100644; a patch
    carries no modes, so a changed file keeps its own.
    """
    return "".join(
        "".join(_file(path, read(path), new))
        for path, new in sorted(patch.files.items())
        if read(path) != new
    )


def _file(path: str, old: str | None, new: str | None) -> Iterator[str]:
    before, after = quoted(f"a/{path}"), quoted(f"b/{path}")
    yield f"diff --git {before} {after}\n"
    if old is None:
        yield "new file mode 100644\n"
    if new is None:
        yield "deleted file mode 100644\n"
    old_lines, new_lines = _lines(old or ""), _lines(new or "")
    if not old_lines and not new_lines:
        return
    # A tab ends a name with spaces in it: otherwise readers take what follows for a time stamp.
    tab = "\t" if " " in path else ""
    yield "--- /dev/null\n" if old is None else f"--- {before}{tab}\n"
    yield "+++ /dev/null\n" if new is None else f"+++ {after}{tab}\n"
    for group in _Trimmed(old_lines, new_lines).get_grouped_opcodes(3):
        yield _header(group)
        yield from _hunk(group, old_lines, new_lines)


class _Trimmed(difflib.SequenceMatcher[str]):
    """Compares only what lies between the lines that both begin and both end with.

    A break changes a line or two: without this, a long file takes seconds.
    """

    def __init__(self, old: list[str], new: list[str]) -> None:
        shorter = min(len(old), len(new))
        self._head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
        rest = shorter - self._head
        self._tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
        self._lengths = len(old), len(new)
        ends = len(old) - self._tail, len(new) - self._tail
        super().__init__(None, old[self._head : ends[0]], new[self._head : ends[1]], autojunk=False)

    def get_opcodes(self) -> list[_Step]:  # type: ignore[override]
        """Return the steps, with the lines in common put back on both sides."""
        head, (old, new) = self._head, self._lengths
        steps: list[_Step] = [("equal", 0, head, 0, head)] if head else []
        steps += [
            (tag, first + head, last + head, start + head, end + head)
            for tag, first, last, start, end in super().get_opcodes()
        ]
        if self._tail:
            steps.append(("equal", old - self._tail, old, new - self._tail, new))
        return steps


def _hunk(group: list[_Step], old: list[str], new: list[str]) -> Iterator[str]:
    for tag, first, last, start, end in group:
        if tag == "equal":
            yield from (_marked(" ", line) for line in old[first:last])
            continue
        yield from (_marked("-", line) for line in old[first:last])
        yield from (_marked("+", line) for line in new[start:end])


def _header(group: list[_Step]) -> str:
    old = _range(group[0][1], group[-1][2])
    new = _range(group[0][3], group[-1][4])
    return f"@@ -{old} +{new} @@\n"


def _range(start: int, end: int) -> str:
    """Write lines `start` to `end` (from 0, end left out) as a hunk header counts them."""
    count = end - start
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"


def _marked(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n{_NO_NEWLINE}"


def _lines(text: str) -> list[str]:
    """Split at line feeds alone, keeping them."""
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def quoted(path: str) -> str:
    """Return a path as Git writes it: in quotes with octal bytes where it is not plain ASCII."""
    data = path.encode()
    if all(32 <= byte < 127 and byte not in (34, 92) for byte in data):
        return path
    inner = "".join(
        _ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in data
    )
    return f'"{inner}"'
