"""Which language server understands which language, and where this machine has one.

Nothing is downloaded, and nothing is looked for inside the repository: a server it brings along is
its code. Servers are made for people who trust what they open. Those that run code of it, and be it
only the interpreter they find in it, are left out unless the caller trusts the repository.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Server:
    """A language server as its makers ship it.

    `runs_code` says how it comes to run code of the repository it reads; empty when it does not.
    """

    program: str
    languages: tuple[str, ...]
    get: str
    arguments: tuple[str, ...] = ()
    runs_code: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A server that this machine has: what to run and what to tell it."""

    server: Server
    command: tuple[str, ...]


_QUIET_PYRIGHT = {"diagnosticMode": "openFilesOnly", "autoSearchPaths": True, "indexing": False}
_INTERPRETER = "it runs the interpreter of a virtual environment inside the repository"
_SCRIPTS = ("javascript", "typescript")

SERVERS = (
    Server(
        program="ty",
        languages=("python",),
        arguments=("server",),
        get="pip install 'journeyman[precise]'",
        options={"diagnosticMode": "off"},
        settings={"ty": {"diagnosticMode": "off"}},
    ),
    Server(
        program="basedpyright-langserver",
        languages=("python",),
        arguments=("--stdio",),
        get="pip install basedpyright",
        runs_code=_INTERPRETER,
        settings={
            "basedpyright": {"analysis": _QUIET_PYRIGHT},
            "python": {"analysis": _QUIET_PYRIGHT},
        },
    ),
    Server(
        program="pyright-langserver",
        languages=("python",),
        arguments=("--stdio",),
        get="npm install -g pyright",
        runs_code=_INTERPRETER,
        settings={"python": {"analysis": _QUIET_PYRIGHT}},
    ),
    Server(
        program="pyrefly",
        languages=("python",),
        arguments=("lsp", "--indexing-mode", "none"),
        get="pip install pyrefly",
        runs_code=_INTERPRETER,
    ),
    Server(
        program="typescript-language-server",
        languages=_SCRIPTS,
        arguments=("--stdio",),
        get="npm install -g typescript-language-server typescript",
        runs_code="it loads the TypeScript compiler and its plugins from node_modules",
    ),
    Server(
        program="gopls",
        languages=("go",),
        get="go install golang.org/x/tools/gopls@latest",
        runs_code="it calls `go list`, which obeys the repository's toolchain line",
    ),
    Server(
        program="rust-analyzer",
        languages=("rust",),
        get="rustup component add rust-analyzer",
        runs_code="it runs build scripts and procedural macros",
    ),
    Server(program="clangd", languages=("c", "cpp"), get="install the package clangd"),
)

_BY_SUFFIX = {
    ".jsx": "javascriptreact",
    ".tsx": "typescriptreact",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
}


def find(language: str, *, trusted: bool = False) -> Found | None:
    """Return the best server for `language` (lower case, as in the protocol) that is installed.

    Looked for beside the running interpreter and then on `PATH`. With `trusted`, servers that run
    code of the repository count as well. `why_not` explains a ``None``.
    """
    return next(_installed(language, trusted=trusted), None)


def why_not(language: str, *, trusted: bool = False) -> str:
    """Return one line for a person: why `find` has nothing, and how to change that."""
    known = [server for server in SERVERS if language in server.languages]
    if not known:
        languages = sorted({language for server in SERVERS for language in server.languages})
        return f"No language server is known for {language}, only for {', '.join(languages)}."
    unsafe = next(_installed(language, trusted=True), None)
    if unsafe is not None and not trusted:
        named = unsafe.server
        line = f"{named.program} is installed, but {named.runs_code}; trust the repository for it"
        safe = [server for server in known if not server.runs_code]
        return f"{line}, or: {safe[0].get}." if safe else f"{line}."
    names = ", ".join(server.program for server in known)
    return f"No language server for {language} is installed ({names}); get one: {known[0].get}."


def language_of(path: str, language: str) -> str:
    """Return the protocol's name for the language of one file of a project in `language`."""
    if language in _SCRIPTS:
        return _BY_SUFFIX.get(Path(path).suffix, "javascript")
    return language


def _installed(language: str, *, trusted: bool) -> Iterator[Found]:
    folders = [str(Path(sys.executable).parent), *os.environ.get("PATH", os.defpath).split(":")]
    path = os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())
    for server in SERVERS:
        if language in server.languages and (trusted or not server.runs_code):
            program = shutil.which(server.program, path=path)
            if program is not None:
                yield Found(server, (program, *server.arguments))
