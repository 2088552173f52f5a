from __future__ import annotations

import hashlib
import http.server
import json
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from journeyman.repository.git import Git
from journeyman.repository.tree import Contents, Tree

IDENTITY = {
    **{f"GIT_{who}_NAME": "A Person" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "person@example.org" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "1700000000 +0000" for who in ("AUTHOR", "COMMITTER")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


class Workshop:
    """A Git repository with a work tree, to be committed to as a person would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env={**os.environ, **IDENTITY},
            input=stdin,
            capture_output=True,
            check=True,
        )
        return done.stdout.decode().strip()

    def write(self, files: dict[str, str | bytes | None]) -> None:
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes | None], message: str = "Work") -> str:
        self.write(files)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    @property
    def copy(self) -> Git:
        return Git(self.root / ".git")


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path / "workshop")


@pytest.fixture
def make_tree(tmp_path: Path) -> Callable[[dict[str, str]], Tree]:
    """Lay out files as a tree without going through Git."""

    def make(files: dict[str, str]) -> Tree:
        root = tmp_path / "tree"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        return Tree(root, Contents(commit="0" * 40, text=tuple(sorted(files))))

    return make


class _Pages(http.server.BaseHTTPRequestHandler):
    """A package index of two kinds: JSON (PEP 691) below /json, HTML (PEP 503) below /html."""

    projects: ClassVar[dict[str, list[Path]]] = {}
    wrong: ClassVar[set[str]] = set()
    uploaded: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        kind, *rest = self.path.strip("/").split("/")
        name = rest[-1] if rest else ""
        files = {path.name: path for paths in self.projects.values() for path in paths}
        if kind == "files" and name in files:
            self._answer(200, "application/octet-stream", files[name].read_bytes())
        elif kind == "broken":
            self._answer(500, "text/plain", b"")
        elif name not in self.projects:
            self._answer(404, "text/plain", b"")
        elif kind == "json":
            listed = [
                {
                    "filename": p.name,
                    "url": f"/files/{p.name}",
                    "hashes": {"sha256": self._hash(p)},
                    "upload-time": self.uploaded.get(p.name),
                }
                for p in self.projects[name]
            ]
            text = json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": listed})
            self._answer(200, "application/vnd.pypi.simple.v1+json", text.encode())
        else:
            anchors = "".join(
                f'<a href="../../files/{p.name}#sha256={self._hash(p)}" '
                f'data-upload-time="{self.uploaded.get(p.name, "")}">{p.name}</a>'
                for p in self.projects[name]
            )
            self._answer(200, "text/html", f"<html><body>{anchors}</body></html>".encode())

    def _hash(self, path: Path) -> str:
        if path.name in self.wrong:
            return "0" * 64
        return hashlib.sha256(path.read_bytes()).hexdigest()

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def serve_index() -> Iterator[Callable[..., str]]:
    """Serve files as a package index on this machine; returns the URL of the kind asked for."""
    pages = type("Pages", (_Pages,), {"projects": {}, "wrong": set(), "uploaded": {}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), pages)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()

    def serve(
        projects: dict[str, list[Path]],
        kind: str = "json",
        wrong: tuple[str, ...] = (),
        uploaded: dict[str, str] | None = None,
    ) -> str:
        pages.uploaded.update(uploaded or {})
        pages.projects.update(projects)
        pages.wrong.update(wrong)
        return f"http://127.0.0.1:{server.server_port}/{kind}"

    yield serve
    server.shutdown()
    server.server_close()
