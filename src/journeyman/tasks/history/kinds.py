"""What the files of a language's repositories are, told by their paths alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from journeyman.understanding.functions import Function, functions


@dataclass(frozen=True)
class FileKinds:
    """How a language's repositories name things.

    `is_module` says which tests can be run by themselves, `functions` returns a file's outermost
    functions, `suffixes` are those of source files.
    """

    suffixes: tuple[str, ...]
    is_test: Callable[[str], bool]
    is_code: Callable[[str], bool]
    is_module: Callable[[str], bool]
    functions: Callable[[str, str], list[Function]]


def _is_test(path: str) -> bool:
    pure = PurePosixPath(path)
    inside = bool({"tests", "test", "testing"} & set(pure.parts[:-1]))
    return pure.suffix == ".py" and (inside or pure.name.startswith("test_"))


def _is_code(path: str) -> bool:
    parts = PurePosixPath(path).parts
    outside = parts[0] in ("docs", "doc", "examples", "benchmarks", "tools", "scripts")
    aside = parts[-1] in ("setup.py", "noxfile.py", "conftest.py", "__about__.py", "_version.py")
    return path.endswith(".py") and not _is_test(path) and not outside and not aside


PYTHON = FileKinds(
    suffixes=(".py",),
    is_test=_is_test,
    is_code=_is_code,
    is_module=lambda path: PurePosixPath(path).name.startswith("test"),
    functions=functions,
)
