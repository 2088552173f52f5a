"""What a changed file is, by its path alone: code, tests, what belongs to tests, or neither."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Literal

Role = Literal["code", "test", "test data", "docs", "project", "generated", "other"]
"""`test`: code that tests or helps to. `test data`: anything else that lies among tests.
`project`: how the repository is built, configured and released. `other`: data of the package."""

LANGUAGES = {
    ".py": "python",
    ".pyx": "cython", ".pxd": "cython",
    ".c": "c", ".h": "c", ".cc": "c++", ".cpp": "c++", ".hpp": "c++",
    ".rs": "rust",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "typescript",
    ".go": "go", ".rb": "ruby", ".java": "java",
}  # fmt: skip
"""The language of code, by the ending of its file's name."""

_TEST_FOLDERS = {
    *("test", "tests", "testing", "__tests__", "spec", "specs", "unit_tests", "test_suite"),
    *("testsuite", "__snapshots__", "__fixtures__"),
}
_TEST_NAME = re.compile(
    r"(test_.+|.+_tests?|tests?|conftest|.+[.](test|spec))[.]\w+|.+_test[.]go", re.IGNORECASE
)
_DOC_FOLDERS = {"doc", "docs", "documentation", "example", "examples", "man", "news", "changes"}
_DOC_NAME = re.compile(
    r"(readme|change(s|log)|history|news|authors|contributors|contributing|licen[sc]e|todo|"
    r"release[-_ ]?notes|whatsnew|copying|security|code_of_conduct)\b.*",
    re.IGNORECASE,
)
_DOC_ENDINGS = {".md", ".rst", ".adoc", ".markdown"}
_ASIDE = {
    *("benchmark", "benchmarks", "bench", "tools", "scripts", "script", "ci", ".github", "asv"),
    *(".circleci", ".gitlab", ".vscode", ".devcontainer", "requirements", "utils-dev", "misc"),
}
_PROJECT_NAME = re.compile(
    r"(setup[.](py|cfg)|pyproject[.]toml|tox[.]ini|noxfile[.]py|manifest[.]in|makefile|justfile|"
    r"tasks[.]py|fabfile[.]py|dodo[.]py|package(-lock)?[.]json|yarn[.]lock|pnpm-lock[.]yaml|"
    r"(uv|poetry|pdm)[.]lock|pipfile([.]lock)?|.*requirements.*[.](txt|in)|constraints.*[.]txt|"
    r"environment[.]ya?ml|dockerfile|pytest[.]ini|[.].+|mypy[.]ini|versioneer[.]py|"
    r"ez_setup[.]py|pnpm-workspace[.]yaml|tsconfig.*[.]json|.+[.]config[.][cm]?[jt]s|"
    r"codecov[.]yml|appveyor[.]yml)",
    re.IGNORECASE,
)
_GENERATED_FOLDERS = {
    *(
        "_vendor",
        "vendor",
        "vendored",
        "_vendored",
        "third_party",
        "node_modules",
        "dist",
        "extern",
    ),
}
_GENERATED_NAME = re.compile(
    r".+_pb2(_grpc)?[.]pyi?|.+[.]min[.](js|css)|_version[.]py|.+[.]generated[.]\w+|.+[.]map|"
    r"parsetab[.]py|lextab[.]py"
)
_VERSION_NAME = re.compile(
    r"(_?version(_info)?|__version__|__about__|__init__|__pkginfo__|setup|release)[.]py", re.I
)


def role(path: str) -> Role:
    """Return what the file at `path` most likely is."""
    pure = PurePosixPath(path)
    folders = {part.lower() for part in pure.parts[:-1]}
    coded = pure.suffix.lower() in LANGUAGES
    if folders & _GENERATED_FOLDERS or _GENERATED_NAME.fullmatch(pure.name):
        return "generated"
    if folders & _TEST_FOLDERS:
        return "test" if coded else "test data"
    if coded and _TEST_NAME.fullmatch(pure.name):
        return "test"
    if _PROJECT_NAME.fullmatch(pure.name) or folders & _ASIDE:
        return "project"
    if folders & _DOC_FOLDERS or (not coded and _is_doc(pure)):
        return "docs"
    return "code" if coded else "other"


def language(path: str) -> str:
    """Return the language that the file at `path` is written in; empty for what is no code."""
    return LANGUAGES.get(PurePosixPath(path).suffix.lower(), "")


def names_version(path: str) -> bool:
    """Whether the file at `path` is one that usually holds the version's number."""
    return bool(_VERSION_NAME.fullmatch(PurePosixPath(path).name))


def _is_doc(pure: PurePosixPath) -> bool:
    return pure.suffix.lower() in _DOC_ENDINGS or bool(_DOC_NAME.fullmatch(pure.name))
