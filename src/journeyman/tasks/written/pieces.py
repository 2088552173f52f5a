"""The functions and classes that tasks are written from, and changes of one of them in its file."""

from __future__ import annotations

import ast
import io
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class Piece:
    """One function, method or class of a file, defined there once.

    `first` to `last` are its lines from 1, decorators included; `methods` are a class's own.
    """

    path: str
    name: str
    node: Definition | ast.ClassDef
    text: str
    methods: tuple[Definition, ...] = ()

    @property
    def first(self) -> int:
        """The first line, decorators included."""
        return min([self.node.lineno, *(one.lineno for one in self.node.decorator_list)])

    @property
    def last(self) -> int:
        """The last line."""
        return self.node.end_lineno or self.node.lineno

    @property
    def owner(self) -> str:
        """The class it stands in; empty at module level."""
        return self.name.rpartition(".")[0]

    @property
    def plain(self) -> str:
        """The name without its class."""
        return self.name.rpartition(".")[2]

    @property
    def docstring(self) -> str:
        """The cleaned docstring; empty without one."""
        return ast.get_docstring(self.node) or ""

    @property
    def body(self) -> list[ast.stmt]:
        """The statements behind the docstring."""
        return behind_docstring(self.node)

    @property
    def signature(self) -> str:
        """The header as code, without a body."""
        if isinstance(self.node, ast.ClassDef):
            bases = ", ".join(map(ast.unparse, [*self.node.bases, *self.node.keywords]))
            return f"class {self.plain}({bases})" if bases else f"class {self.plain}"
        word = "async def" if isinstance(self.node, ast.AsyncFunctionDef) else "def"
        returns = f" -> {ast.unparse(self.node.returns)}" if self.node.returns else ""
        return f"{word} {self.plain}({ast.unparse(self.node.args)}){returns}"


def functions_of(path: str, text: str) -> list[Piece]:
    """Return the functions and methods that a file defines once, in order."""
    return [piece for piece in _pieces(path, text) if isinstance(piece.node, Definition)]


def classes_of(path: str, text: str) -> list[Piece]:
    """Return the classes at module level that a file defines once, in order."""
    return [
        piece
        for piece in _pieces(path, text)
        if isinstance(piece.node, ast.ClassDef) and not piece.owner
    ]


def piece_of(path: str, text: str, name: str) -> Piece | None:
    """Return the piece called `name`, if there is exactly one."""
    return next((piece for piece in _pieces(path, text) if piece.name == name), None)


def behind_docstring(node: Definition | ast.ClassDef) -> list[ast.stmt]:
    """Return the statements of a definition behind its docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def statements(nodes: list[ast.stmt]) -> int:
    """Return how many statements there are, inner ones too."""
    return sum(isinstance(each, ast.stmt) for node in nodes for each in ast.walk(node))


def lines_of(text: str) -> list[str]:
    """Return the lines as the parser counts them, with their ends."""
    return list(io.StringIO(text, newline=""))


def body_lines(node: Definition, text: str) -> tuple[int, int] | None:
    """Return the lines of a body behind the docstring; `None` where it shares one with the header.

    Comments in front of the first statement belong to the body.
    """
    inside = behind_docstring(node)
    if not inside:
        return None
    first = inside[0]
    start = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", []))])
    lines = lines_of(text)
    if lines[start - 1][: first.col_offset].strip():
        return None
    lowest = node.body[0].end_lineno if len(inside) < len(node.body) else node.lineno
    while start - 1 > (lowest or 0) and lines[start - 2].strip().startswith("#"):
        start -= 1
    return start, node.end_lineno or start


def with_lines(text: str, first: int, last: int, new: str) -> str:
    """Return `text` with the lines `first` to `last` replaced by `new`: whole lines, or none."""
    lines = lines_of(text)
    ending = "\r\n" if lines[first - 1].endswith("\r\n") else "\n"
    fresh = new.replace("\n", ending) if ending != "\n" else new
    return "".join(lines[: first - 1]) + fresh + "".join(lines[last:])


def with_function(piece: Piece, node: Definition) -> str | None:
    """Return the file with the piece replaced by `node`, written anew; `None` if that cannot be.

    Everything else in the file stays byte for byte. Not for files with another indentation than
    four spaces a level.
    """
    depth, odd = divmod(piece.node.col_offset, 4)
    if odd:
        return None
    wrapped: ast.stmt = node
    for _ in range(depth):  # the writer indents; doing it afterwards would change strings
        wrapped = _wrapper([wrapped])
    module = ast.fix_missing_locations(ast.Module([wrapped], []))
    written = lines_of(ast.unparse(module) + "\n")
    start = next(n for n, line in enumerate(written) if line.strip() not in ("", "class _:"))
    text = with_lines(piece.text, piece.first, piece.last, "".join(written[start:]))
    return text if same_but(piece.text, text, piece.name) else None


def _wrapper(body: list[ast.stmt]) -> ast.ClassDef:
    made = ast.parse("class _: pass").body[0]
    assert isinstance(made, ast.ClassDef)
    made.body = body
    return made


def same_but(before: str, after: str, name: str) -> bool:
    """Whether two files parse and differ in nothing but the definition called `name`."""
    left, right = _parsed(before), _parsed(after)
    if left is None or right is None:
        return False
    for tree in (left, right):
        for found, node in _definitions(tree, ""):
            if found == name:
                node.body = [ast.Pass()]
    return ast.dump(left) == ast.dump(right)


def _pieces(path: str, text: str) -> list[Piece]:
    tree = _parsed(text)
    if tree is None:
        return []
    found = list(_definitions(tree, ""))
    times = Counter(name for name, _ in found)
    pieces = []
    for name, node in found:
        if times[name] == 1:
            methods: tuple[Definition, ...] = ()
            if isinstance(node, ast.ClassDef):
                methods = tuple(one for one in node.body if isinstance(one, Definition))
            pieces.append(Piece(path, name, node, text, methods))
    return pieces


def _parsed(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _definitions(tree: ast.AST, prefix: str) -> Iterator[tuple[str, Definition | ast.ClassDef]]:
    """Yield functions, methods and classes outside functions, in order."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield prefix + node.name, node
            yield from _definitions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            yield from _definitions(node, prefix)
