"""Where code comes from: a local repository, a Git URL, or a source distribution by version.

Whatever the source, what the rest works on is a bare copy in the workspace. The source itself is
only ever read, and read with care: a repository somebody else prepared can name programs in its
configuration that Git would start.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from journeyman.errors import SourceError
from journeyman.records import Record
from journeyman.repository import npm_index
from journeyman.repository.archive import commit_archive
from journeyman.repository.git import Git, GitError, run_git
from journeyman.repository.index import download, find_releases, find_sdist, index_url
from journeyman.repository.partial import partial
from journeyman.repository.releases import commit_releases

HEAD = "refs/journeyman/head"
"""The reference, in our copy, of what was HEAD in the source."""

Kind = Literal["local", "url", "pypi", "npm"]

_PYPI = re.compile(
    r"pypi:\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(==\s*(?P<version>[^#\s]+))?\s*"
    r"(#sha256=(?P<sha256>[0-9a-fA-F]+))?"
)
_URL = re.compile(r"(?P<scheme>https|http|ssh|git|file)://\S+")
_SCP = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+:(?!//)\S+")


class Origin(Record):
    """What a copy was made from; written beside it."""

    source: str
    kind: Kind
    name: str
    version: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Checkout:
    """A source in the workspace: a bare repository and the commit to work on.

    `version` is the release it is or descends from, if that is known; `notes` are for a person.
    """

    origin: Origin
    git: Git
    commit: str
    version: str = ""
    notes: tuple[str, ...] = ()


def fetch(
    source: str,
    into: Path,
    *,
    revision: str | None = None,
    index: str | None = None,
    refresh: bool = False,
    offline: bool = False,
    releases: int = 0,
) -> Checkout:
    """Bring `source` into the directory `into` and return the copy.

    A copy that is there is used again; a local repository's is brought up to its HEAD, a URL's
    only with `refresh`. `revision` picks another commit than HEAD; `index` is the URL of the
    package index; with `releases`, that many of a `pypi:` source become commits, one after another.
    Raises `SourceError`; nothing half-done stays behind.
    """
    try:
        if source.startswith("pypi:"):
            return _from_index(source, into, index, offline, releases)
        if source.startswith("npm:"):
            return _from_npm(source, into, offline)
        if _URL.fullmatch(source) or _SCP.fullmatch(source):
            return _from_url(source, into, revision, refresh, offline)
        return _from_local(source, into, revision)
    except OSError as error:
        raise _explain_os(error, into) from error
    except GitError as error:
        raise _explain_git(error, source) from None


def settled(source: str) -> str:
    """Return `source` so that it means the same from every folder: a local path made absolute."""
    if source.startswith(("pypi:", "npm:")) or _URL.fullmatch(source) or _SCP.fullmatch(source):
        return source
    return str(Path(source).expanduser().resolve())


def fetched(into: Path, commit: str) -> Checkout:
    """Return the copy that `fetch` left in `into`, at `commit`; the source itself is not asked.

    Raises:
        SourceError: There is none, or it lacks that commit.
    """
    for copy in sorted(into.glob("*.git")):
        if Git(copy).resolve(commit) is not None:
            return _checkout(_origin(copy), Git(copy), commit, [])
    raise SourceError(
        f"{into}: the copy of the source is gone, or lacks {commit[:12]}.",
        "Adopt the source again.",
    )


def _from_local(source: str, into: Path, revision: str | None) -> Checkout:
    path = Path(source).expanduser().resolve()
    if not path.exists():
        raise SourceError(
            f"{source}: there is no such directory.",
            "Give the path of a Git repository, a Git URL, pypi:NAME==VERSION or npm:NAME@VERSION.",
        )
    top, notes = _inspect(path, source)
    origin = Origin(source=str(top), kind="local", name=top.name.removesuffix(".git"))
    target = into / _slug(origin)
    allow = {"GIT_ALLOW_PROTOCOL": "file"}
    head = _head(top)
    if not target.exists():
        with partial(target) as work:
            _pull(work, str(top), allow, origin)
    elif (copy := Git(target)).resolve(HEAD) != head or (revision and not copy.resolve(revision)):
        _pull(target, str(top), allow, origin)
    return _checkout(origin, Git(target), revision, notes)


def _from_url(
    source: str, into: Path, revision: str | None, refresh: bool, offline: bool
) -> Checkout:
    name = source.rstrip("/").rpartition("/")[2].removesuffix(".git") or "repository"
    origin = Origin(source=source, kind="url", name=name)
    target = into / _slug(origin)
    match = _URL.fullmatch(source)
    allow = {"GIT_ALLOW_PROTOCOL": match.group("scheme") if match else "ssh"}
    if offline and not target.exists():
        raise SourceError(f"{source} was not fetched before.", "Go online, or drop --offline.")
    if not target.exists():
        with partial(target) as work:
            _pull(work, source, allow, origin)
    elif not offline and (refresh or (revision and not Git(target).resolve(revision))):
        _pull(target, source, allow, origin)
    return _checkout(origin, Git(target), revision, [])


def _from_index(
    source: str, into: Path, index: str | None, offline: bool, releases: int
) -> Checkout:
    match = _PYPI.fullmatch(source)
    if match is None:
        raise SourceError(f"{source}: not understood.", "Write pypi:NAME==VERSION[#sha256=HEX].")
    pin = (match["sha256"] or "").lower()
    origin = Origin(source=source, kind="pypi", name=match["name"], version=match["version"] or "")
    if releases > 1:
        return _releases(origin, into, index, offline, releases, pin)
    target = into / _slug(origin)
    if not target.exists():
        if offline:
            raise SourceError(f"{source} was not fetched before.", "Go online first.")
        sdist = find_sdist(match["name"], match["version"] or "", index_url(index))
        with partial(target) as work:
            archive, sha256 = download(sdist, work, pin)
            origin = origin.model_copy(update={"version": sdist.version, "sha256": sha256})
            git = _initialise(work, origin)
            message = f"{sdist.name} {sdist.version} (source distribution)\n\nsha256: {sha256}\n"
            commit_archive(archive, git, HEAD, message)
            archive.unlink()
    return _checkout(_origin(target), Git(target), None, [])


def _releases(
    origin: Origin, into: Path, index: str | None, offline: bool, releases: int, pin: str
) -> Checkout:
    """Put the last releases up to the one named under Git, each as a commit on the one before."""
    source = origin.source
    origin = origin.model_copy(update={"source": f"{source} with {releases} releases"})
    target = into / _slug(origin)
    if not target.exists():
        if offline:
            raise SourceError(f"{source} was not fetched before.", "Go online first.")
        found = find_releases(origin.name, origin.version, releases, index_url(index))
        with partial(target) as work:
            origin = origin.model_copy(update={"version": found[-1].version})
            commit_releases(found, _initialise(work, origin), HEAD, work, pin)
    return _checkout(_origin(target), Git(target), None, [])


def _from_npm(source: str, into: Path, offline: bool) -> Checkout:
    name, version = npm_index.parse(source)
    origin = Origin(source=source, kind="npm", name=name, version=version)
    target = into / _slug(origin)
    if not target.exists():
        if offline:
            raise SourceError(f"{source} was not fetched before.", "Go online first.")
        with partial(target) as work:
            archive, version, sha256 = npm_index.download(name, version, npm_index.registry(), work)
            origin = origin.model_copy(update={"version": version, "sha256": sha256})
            git = _initialise(work, origin)
            message = f"{name} {version} (released package)\n\nsha256: {sha256}\n"
            commit_archive(archive, git, HEAD, message)
            archive.unlink()
    return _checkout(_origin(target), Git(target), None, [])


def _checkout(origin: Origin, git: Git, revision: str | None, notes: list[str]) -> Checkout:
    commit = git.resolve(revision or HEAD)
    if commit is None:
        raise SourceError(
            f"{origin.source} has no commit {revision or 'HEAD'}.",
            "Name a commit, tag or branch that exists there.",
        )
    if git.run("rev-parse", "--is-shallow-repository").strip() == b"true":
        notes = [*notes, "The history is cut off (a shallow clone): older fixes are not seen."]
    version = origin.version or git.describe(commit)
    return Checkout(origin, git, commit, version, tuple(notes))


def _initialise(directory: Path, origin: Origin) -> Git:
    run_git(
        ["init", "--quiet", "--bare", "--template=", "--object-format=sha1", "--", str(directory)]
    )
    (directory / "origin.json").write_text(origin.model_dump_json(indent=1), "utf-8")
    return Git(directory)


def _origin(target: Path) -> Origin:
    return Origin.model_validate_json((target / "origin.json").read_text("utf-8"))


def _pull(directory: Path, source: str, allow: dict[str, str], origin: Origin) -> None:
    """Fetch HEAD and the branches; Git takes the tags on what it fetches along by itself."""
    if not (directory / "HEAD").exists():
        _initialise(directory, origin)
    with tempfile.TemporaryDirectory() as scratch:
        # Git drops `-c` settings for the process that serves a local repository, so what must
        # hold there too goes into the user's configuration, in which `safe.directory` is heeded.
        configuration = Path(scratch) / "config"
        configuration.write_text(_configuration(origin.kind), "utf-8")
        run_git(
            [
                *("--git-dir", str(directory), "fetch", "--quiet", "--no-recurse-submodules"),
                *("--no-write-fetch-head", "--update-shallow", "--end-of-options", source),
                *(f"+HEAD:{HEAD}", "+refs/heads/*:refs/heads/*"),
            ],
            environment={**allow, "GIT_CONFIG_GLOBAL": str(configuration)},
        )


def _configuration(kind: Kind) -> str:
    """Only a URL needs what the person set up: credentials, proxies, replaced addresses."""
    own = Path(os.environ.get("GIT_CONFIG_GLOBAL") or Path.home() / ".gitconfig")
    include = f'[include]\n\tpath = "{own}"\n' if kind == "url" and own.is_file() else ""
    return (
        f"{include}[safe]\n\tdirectory = *\n[core]\n\thooksPath = /dev/null\n"
        '\tfsmonitor = false\n[filter "lfs"]\n\tsmudge = \n\tprocess = \n\trequired = false\n'
    )


def _inspect(path: Path, source: str) -> tuple[Path, list[str]]:
    """Return the top of the repository at `path` and notes on what will not be used of it."""
    here = ["-C", str(path if path.is_dir() else path.parent)]
    try:
        bare = run_git([*here, "rev-parse", "--is-bare-repository"]).strip() == b"true"
        which = "--absolute-git-dir" if bare else "--show-toplevel"
        top = Path(os.fsdecode(run_git([*here, "rev-parse", which]).rstrip(b"\n")))
    except GitError as error:
        if "not a git repository" not in error.output and "work tree" not in error.output:
            raise
        raise SourceError(
            f"{source}: not a Git repository.",
            "Put it under Git first (`git init`, `git add .`, `git commit`), or name another.",
        ) from None
    names = _configured(top)
    if any(name.endswith(".promisor") for name in names):
        raise SourceError(
            f"{source}: a partial clone, which lacks objects.",
            "Make it whole with `git fetch --refetch --no-filter`, or give the URL.",
        )
    notes = [] if bare else _dirt(top, names)
    if not bare and top != path:
        notes.append(f"{source} lies in the repository {top}: all of it is used.")
    return top, notes


def _configured(top: Path) -> list[str]:
    listing = run_git(["-C", str(top), "config", "--list", "--name-only", "-z"])
    return [os.fsdecode(name) for name in listing.split(b"\0") if name]


def _dirt(top: Path, names: list[str]) -> list[str]:
    """Say so when there are uncommitted changes; a repository's own filters are not started."""
    off: list[str] = []
    for name in names:
        if name.startswith("filter.") and name.endswith((".clean", ".smudge", ".process")):
            off += ["-c", f"{name}="]
        elif name.startswith("filter.") and name.endswith(".required"):
            off += ["-c", f"{name}=false"]
    changed = run_git(
        ["-C", str(top), *off, "status", "--porcelain", "-z", "--ignore-submodules=all"]
    )
    count = changed.count(b"\0")
    if not count:
        return []
    return [
        f"The work tree has uncommitted changes ({count} files): only what is committed at HEAD "
        "is used, and nothing there is touched."
    ]


def _head(top: Path) -> str:
    try:
        return (
            run_git(["-C", str(top), "rev-parse", "--verify", "--quiet", "HEAD"]).decode().strip()
        )
    except GitError:
        raise SourceError(
            f"{top}: an empty repository: HEAD has no commit.", "Commit something first."
        ) from None


def _slug(origin: Origin) -> str:
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", origin.name).strip(".-") or "repository"
    return f"{name[:40]}-{hashlib.sha256(origin.source.encode()).hexdigest()[:10]}.git"


def _explain_git(error: GitError, source: str) -> SourceError:
    said = error.output.lower()
    if "couldn't find remote ref head" in said:
        return SourceError(f"{source}: an empty repository.", "Commit and push something first.")
    if "no space left" in said:
        return SourceError(f"{source}: the disk is full.", "Free some space and run again.")
    hosts = ("could not resolve", "unable to access", "connection", "timed out", "unreachable")
    if any(sign in said for sign in hosts):
        return SourceError(f"{source}: {error.message}", "Check the network and the address.")
    if "authentication" in said or "could not read username" in said or "permission denied" in said:
        return SourceError(
            f"{source}: access was refused.", "Clone it yourself and give the clone's path."
        )
    return SourceError(f"{source}: {error.message}", error.cure or "Check the address.")


def _explain_os(error: OSError, into: Path) -> SourceError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SourceError(f"{into}: the disk is full.", "Free some space and run again.")
    return SourceError(f"{error.filename or into}: {error.strerror}.", "Check the permissions.")
