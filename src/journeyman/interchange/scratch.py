"""Trees put together, and foreign diffs applied to them, without a work tree and without a trace.

Diffs come from anywhere, so Git applies them, as SWE-bench's harness lets it: to an index of our
own in a temporary folder, which refuses names that lead out of the tree. New objects go to that
folder too; the repository is only read.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from journeyman.interchange.losses import Refused
from journeyman.records import Patch
from journeyman.repository.git import Git, GitError, run_git

LADDER: tuple[tuple[str, ...], ...] = ((), ("--3way",), ("--recount", "-C0"))
"""Ways to apply, strictest first. Models miscount lines and quote context from memory; the harness
goes as far with `patch --fuzz=5`, which a hostile diff can make run an editor's script."""


@dataclass(frozen=True)
class Applied:
    """What a diff came to: the files it changed, and how strictly it had to be read."""

    patch: Patch
    way: str = ""
    """Options of `git apply` that were needed beyond its defaults."""
    lost: tuple[str, ...] = ()
    """What a patch of texts cannot hold and was left out, such as a changed mode."""


@dataclass(frozen=True)
class Scratch:
    """Repositories whose objects are read, and a folder that takes the new ones."""

    git: Git
    folder: Path
    also: tuple[Git, ...] = ()

    def tree(self, base: str, patch: Patch) -> str:
        """Return the id of the tree that `base` (a commit or tree) with `patch` comes to."""
        self._run("read-tree", "--empty")
        self._run("read-tree", base)
        self._set(patch)
        return self._run("write-tree").decode().strip()

    def apply(self, tree: str, diff: str) -> Applied:
        """Apply a diff to a tree.

        Raises:
            Refused: It does not apply, or what it comes to is not text.
        """
        if not diff.strip():
            return Applied(Patch())
        said = ""
        for way in LADDER:
            self._run("read-tree", "--empty")
            self._run("read-tree", tree)
            try:
                self._run("apply", "--cached", "--whitespace=nowarn", *way, stdin=diff.encode())
            except GitError as error:
                said = said or error.output.strip()
                continue
            after = self._run("write-tree").decode().strip()
            patch, lost = self.difference(tree, after)
            return Applied(patch, " ".join(way), lost)
        raise Refused(f"the diff does not apply: {_first_line(said)}")

    def difference(self, before: str, after: str) -> tuple[Patch, tuple[str, ...]]:
        """Return the patch between two trees or commits, and what of it is no text.

        Raises:
            Refused: A Python file on the way is not UTF-8, or a link would be made.
        """
        raw = self._run("diff-tree", "-r", "-z", "--no-renames", "--full-index", before, after)
        tokens = raw.split(b"\0")[:-1]
        files: dict[str, str | None] = {}
        lost: list[str] = []
        wanted: dict[str, str] = {}
        for about, name in zip(tokens[::2], tokens[1::2], strict=True):
            path = name.decode("utf-8", "surrogateescape")
            old_mode, mode, old, new, _ = about.decode().lstrip(":").split(" ")
            if old == new:
                lost.append(f"{path}: mode {old_mode} to {mode}")
            elif mode == "000000":
                files[path] = None
            elif mode in ("100644", "100755"):
                wanted[path] = new
            else:
                raise Refused(f"{path} becomes a link or a submodule, which a patch cannot hold")
        for (path, _), content in zip(wanted.items(), self._blobs(wanted.values()), strict=True):
            text = _text(path, content)
            if text is None and path.endswith(".py"):
                raise Refused(f"{path!r} is not UTF-8 text")
            if text is None:
                lost.append(f"{path!r}: not UTF-8 text")
            else:
                files[path] = text
        return Patch(files=files), tuple(lost)

    def _blobs(self, names: Iterable[str]) -> Iterator[bytes]:
        output = self._run("cat-file", "--batch", stdin="".join(f"{n}\n" for n in names).encode())
        position = 0
        while position < len(output):
            end = output.index(b"\n", position)
            size = int(output[position:end].split()[2])
            yield output[end + 1 : end + 1 + size]
            position = end + 1 + size + 1

    def _set(self, patch: Patch) -> None:
        """Write a patch's files into the index; files that were there keep their mode."""
        if not patch.files:
            return
        listing = self._run("ls-files", "--stage", "-z").split(b"\0")[:-1]
        modes = {line.partition(b"\t")[2]: line[:6] for line in listing}
        lines = []
        for path, text in patch.files.items():
            name = path.encode()
            if text is None:
                lines.append(b"0 " + b"0" * 40 + b"\t" + name)
                continue
            blob = self._run("hash-object", "-w", "--stdin", stdin=text.encode()).strip()
            mode = b"100755" if modes.get(name) == b"100755" else b"100644"
            lines.append(mode + b" " + blob + b"\t" + name)
        self._run("update-index", "-z", "--index-info", stdin=b"\0".join(lines) + b"\0")

    def _run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        read = [git.directory.resolve() / "objects" for git in (self.git, *self.also)]
        variables = {
            "GIT_INDEX_FILE": str(self.folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(self.folder / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(map(_quoted_path, read)),
        }
        return run_git(
            ["--git-dir", str(self.git.directory.resolve()), *arguments],
            stdin=stdin,
            environment=variables,
        )


@contextmanager
def scratch(git: Git, *also: Git) -> Iterator[Scratch]:
    """Give a scratch index over `git` (and the objects of further ones), gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="journeyman-") as folder:
        (Path(folder) / "objects").mkdir()
        yield Scratch(git, Path(folder), also)


def known_commit(repositories: Sequence[Git], commit: str) -> Git | None:
    """Return the first repository that holds `commit`."""
    return next((git for git in repositories if git.resolve(commit) == commit), None)


def _text(path: str, content: bytes) -> str | None:
    try:
        path.encode()
        return content.decode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        return None


def _quoted_path(path: Path) -> str:
    """Return a path as Git reads it in a list of paths: in quotes where it holds a colon."""
    text = str(path)
    return f'"{text}"' if os.pathsep in text else text


def _first_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[0].strip() if lines else "git apply said nothing"
