"""The trees that tasks start from, as commits that other tools can check out.

A broken tree is no commit of the repository: it is a commit's tree with a patch over it. Here it
becomes one, without a parent, so that no history gives the answer away, and with a name that
follows from its content (fixed author, the base commit's date), so that exporting again gives the
same one.

One repository holds the starts of many tasks, and the start of one shows the unbroken code of
another: an agent is to be given the *bundle* of its own task, which holds that commit alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from journeyman.interchange.diffs import quoted
from journeyman.records import Patch
from journeyman.repository.git import Git, run_git

_WHO = "Journeyman <journeyman@localhost>"


@dataclass(frozen=True)
class Starts:
    """A bare repository with a branch for each task, and the commits they point at."""

    git: Git
    commits: Mapping[str, str]
    """Branch to commit."""

    def bundle(self, branch: str, target: Path) -> None:
        """Write the one commit behind `branch` as a bundle, to be cloned like a repository."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self.git.run("bundle", "create", "--quiet", str(target.resolve()), f"refs/heads/{branch}")


def write_starts(
    git: Git,
    base: str,
    when: int,
    broken: Mapping[str, Patch],
    target: Path,
    others: Mapping[str, tuple[str, int]] | None = None,
) -> Starts:
    """Make a bare repository at `target` with a commit for each patch of `broken`.

    Args:
        git: Where `base` is; nothing is written to it.
        when: Seconds since 1970, the date the commits carry.
        broken: Branch name to the patch from `base` to the tree of its commit.
        others: Branch name to base and date, for those that stand on another commit.
    """
    run_git(["init", "--quiet", "--bare", "--template=", str(target)])
    made = Git(target)
    alternates = target / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_text(f"{git.directory.resolve() / 'objects'}\n")
    ground = cache(lambda commit: _ground(git, commit))
    parts = []
    for branch, patch in sorted(broken.items()):
        commit, date = (others or {}).get(branch, (base, when))
        tree, executable = ground(commit)
        parts.append(_commit(branch, tree, date, patch, executable))
    stream = b"".join(parts)
    made.run("fast-import", "--quiet", stdin=stream)
    made.run("repack", "-a", "-d", "-q")
    alternates.unlink()
    if broken:
        made.run("symbolic-ref", "HEAD", f"refs/heads/{min(broken)}")
    for leftover in ("hooks", "branches", "info"):
        shutil.rmtree(target / leftover, ignore_errors=True)
    listing = made.run("for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/heads")
    commits = dict(line.rsplit(" ", 1) for line in listing.decode().splitlines())
    return Starts(made, commits)


def _ground(git: Git, commit: str) -> tuple[str, set[bytes]]:
    """Return a commit's tree and which of its files can be executed."""
    executable = {entry.path for entry in git.entries(commit) if entry.mode == "100755"}
    return git.run("rev-parse", f"{commit}^{{tree}}").decode().strip(), executable


def _commit(branch: str, tree: str, when: int, patch: Patch, executable: set[bytes]) -> bytes:
    message = f"Where {branch} starts\n".encode()
    parts = [
        f"commit refs/heads/{branch}\ncommitter {_WHO} {when} +0000\n".encode(),
        b"data %d\n%s\n" % (len(message), message),
        f'M 040000 {tree} ""\n'.encode(),
    ]
    for path, text in sorted(patch.files.items()):
        name = quoted(path).encode()
        if text is None:
            parts.append(b"D %s\n" % name)
            continue
        mode = b"100755" if path.encode() in executable else b"100644"
        data = text.encode()
        parts.append(b"M %s inline %s\ndata %d\n%s\n" % (mode, name, len(data), data))
    return b"".join(parts) + b"\n"
