"""A source distribution put under Git, without ever being unpacked onto the disk.

Members stream from the archive into `git fast-import`, so that no path, link or device file of a
hostile archive can touch anything, no `.gitignore` or attribute changes what is kept, and equal
archives give equal commit ids.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from journeyman.errors import SourceError
from journeyman.repository.git import Git

MAX_BYTES = 512 << 20
MAX_MEMBERS = 200_000

_DATE = "946684800 +0000"
_AUTHOR = f"journeyman <journeyman@localhost> {_DATE}"


@dataclass(frozen=True)
class Member:
    """A file of an archive (`mode` as Git writes it; a link's content is its target)."""

    path: str
    mode: str
    content: bytes


def commit_archive(
    archive: Path,
    git: Git,
    reference: str,
    message: str,
    *,
    parent: str | None = None,
    date_s: int | None = None,
) -> None:
    """Commit what `archive` (tar or zip) holds to `reference`, with a fixed author and date.

    With `parent`, the new commit follows that one; `date_s` is seconds since 1970.

    Raises `SourceError` for a damaged archive, one that reaches outside itself, or one that grows
    beyond `MAX_BYTES`.
    """
    text = message.encode()
    author = _AUTHOR if date_s is None else _AUTHOR.replace(_DATE, f"{date_s} +0000")
    parts = [
        f"commit {reference}\nauthor {author}\ncommitter {author}\n".encode(),
        b"data %d\n%s\n" % (len(text), text),
    ]
    if parent is not None:
        parts.append(f"from {parent}\ndeleteall\n".encode())
    try:
        members = list(_members(archive))
    except (
        *(tarfile.TarError, zipfile.BadZipFile, zlib.error),
        *(EOFError, OSError, RecursionError),
    ) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise SourceError(
            f"{archive.name} is damaged: {error}.", "Delete it and fetch it again."
        ) from None
    top = _common_top(members)
    seen: set[str] = set()
    for member in members:
        path = member.path[len(top) :]
        if path in seen:
            continue
        seen.add(path)
        parts.append(f"M {member.mode} inline {_quote(path)}\n".encode())
        parts.append(b"data %d\n%s\n" % (len(member.content), member.content))
    if not seen:
        raise SourceError(f"{archive.name} holds no files.", "Choose another version.")
    git.run("fast-import", "--quiet", "--date-format=raw", stdin=b"".join(parts))


def _members(archive: Path) -> Iterator[Member]:
    found = _zip(archive) if archive.suffix == ".zip" else _tar(archive)
    total = 0
    for count, member in enumerate(found, 1):
        total += len(member.content)
        if total > MAX_BYTES or count > MAX_MEMBERS:
            raise SourceError(
                f"{archive.name} unpacks to more than {MAX_BYTES >> 20} MiB or {MAX_MEMBERS} "
                "files.",
                "Give a Git repository instead.",
            )
        yield member


def _tar(archive: Path) -> Iterator[Member]:
    with tarfile.open(archive, "r:*") as tar:
        for info in tar:
            path = _checked(info.name, archive)
            if path is None or info.isdir():
                continue
            if info.issym():
                yield Member(path, "120000", info.linkname.encode("utf-8", "surrogateescape"))
                continue
            if not (info.isfile() or info.islnk()):
                raise _outside(archive, info.name, "is a device or a pipe")
            if info.islnk() and _checked(info.linkname, archive) is None:
                raise _outside(archive, info.name, "is a link into the repository's own data")
            if info.size > MAX_BYTES:
                raise _outside(archive, info.name, f"is larger than {MAX_BYTES >> 20} MiB")
            try:
                file = tar.extractfile(info)
            except KeyError:
                raise _outside(archive, info.name, "links to a file that is not there") from None
            if file is not None:
                yield Member(path, "100755" if info.mode & 0o100 else "100644", file.read())


def _zip(archive: Path) -> Iterator[Member]:
    with zipfile.ZipFile(archive) as bundle:
        for info in bundle.infolist():
            path = _checked(info.filename, archive)
            if path is None or info.is_dir():
                continue
            if info.file_size > MAX_BYTES:
                raise _outside(archive, info.filename, f"is larger than {MAX_BYTES >> 20} MiB")
            mode = info.external_attr >> 16
            kind = {0o120000: "120000"}.get(mode & 0o170000)
            with bundle.open(info) as file:
                content = file.read(info.file_size)
            yield Member(path, kind or ("100755" if mode & 0o100 else "100644"), content)


def _checked(name: str, archive: Path) -> str | None:
    """Return the member's path, or `None` for what is skipped; refuse what reaches outside."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name:
        raise _outside(archive, name, "reaches outside the archive")
    if not parts or any(part.lower() == ".git" for part in parts):
        return None
    return "/".join(parts)


def _outside(archive: Path, name: str, what: str) -> SourceError:
    return SourceError(
        f"{archive.name}: the member {name!r} {what}.",
        "This is no proper source distribution; use another version or the Git repository.",
    )


def _common_top(members: list[Member]) -> str:
    tops = {member.path.partition("/")[0] for member in members if "/" in member.path}
    loose = any("/" not in member.path for member in members)
    return f"{tops.pop()}/" if len(tops) == 1 and not loose else ""


def _quote(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
