"""Which files of a patch never cross over to the grader: tests, and whatever configures them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from journeyman.records import Patch

NAMES = frozenset(
    {
        "conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml",
        "pyproject.toml", "tox.ini", "setup.cfg", "setup.py", "sitecustomize.py",
        "usercustomize.py", ".coveragerc", "noxfile.py", "Makefile", "journeyman.toml",
    }
)  # fmt: skip
"""Files that decide what tests do, wherever they lie."""

_SUFFIXES = (".pth", ".egg-link", ".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib")
_FOLDERS = (".egg-info", ".dist-info")
_INSTALLED = ("node_modules", ".journeyman-cache")


class Protected:
    """Tells which paths are restored from the base tree, or kept out of it, when grading.

    Args:
        test_files: Files that hold tests, and everything in their folders' company
            (test data, helpers): paths as the repository has them.
        base_files: Every file of the base tree.
        installed: Top-level names importable without the tree (the environment's packages).
        never: Says of further paths, in another language than Python, that they never cross.
    """

    def __init__(
        self,
        test_files: Iterable[str],
        base_files: Iterable[str],
        installed: Iterable[str] = (),
        never: Callable[[str], bool] | None = None,
    ) -> None:
        self._tests = frozenset(test_files)
        self._base = frozenset(base_files)
        self._roots = test_folders(self._tests)
        self._taken = frozenset(sys.stdlib_module_names) | frozenset(installed)
        self._never = never

    def __call__(self, path: str) -> bool:
        """Whether a change to `path` must not reach the grader."""
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts:
            return True
        name = parts[-1]
        return (
            path in self._tests
            or name in NAMES
            or name.endswith(_SUFFIXES)
            or any(part.endswith(_FOLDERS) or part in (".git", "__pycache__") for part in parts)
            or any(parts[: len(root)] == root for root in self._roots)
            or any(part in _INSTALLED for part in parts)
            or (self._never is not None and self._never(path))
            or (self._never is None and path not in self._base and self._shadows(parts))
        )

    def cross(self, patch: Patch) -> tuple[Patch, tuple[str, ...]]:
        """Return what crosses over, and the paths that do not."""
        kept = patch.without(self)
        return kept, tuple(sorted(set(patch.files) - set(kept.files)))

    def new_test(self, path: str) -> bool:
        """Whether `path` is that of a test module that the base tree does not have.

        Goals that ask for tests let these cross, and nothing else: among the tests there are,
        where they have a folder of their own.
        """
        parts = PurePosixPath(path).parts
        name = parts[-1] if parts else ""
        named = name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py"))
        plain = named and name not in NAMES and not path.startswith("/") and ".." not in parts
        among = not self._roots or any(parts[: len(root)] == root for root in self._roots)
        hidden = any(part.endswith(_FOLDERS) or part in (".git", "__pycache__") for part in parts)
        return plain and among and not hidden and path not in self._base | self._tests

    def _shadows(self, parts: tuple[str, ...]) -> bool:
        """Whether a *new* file would be found instead of an installed or standard module."""
        tops = {parts[0]} | ({parts[1]} if len(parts) > 1 and parts[0] in ("src", "lib") else set())
        return any(top.removesuffix(".py") in self._taken for top in tops)


def test_folders(test_files: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """Return folders named like test folders: everything in them is the tests' own."""
    roots = set()
    for path in test_files:
        parts = PurePosixPath(path).parts
        for depth, part in enumerate(parts[:-1], start=1):
            if part in ("tests", "test", "testing", "t"):
                roots.add(parts[:depth])
                break
    return tuple(sorted(roots))
