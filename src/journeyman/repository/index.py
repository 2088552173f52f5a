"""The package index: which source distributions there are, and getting one intact.

Speaks the simple API as JSON (PEP 691) and falls back to HTML (PEP 503). The index is the one that
uv or pip are already set up with on this machine, so companies' mirrors work without a setting.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import sys
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import InvalidSdistFilename, canonicalize_name, parse_sdist_filename
from packaging.version import InvalidVersion, Version

from journeyman.errors import SourceError

if TYPE_CHECKING:
    import httpx

DEFAULT_URL = "https://pypi.org/simple"
MAX_BYTES = 512 << 20
TIMEOUT_S = 30.0

_ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.01"
)


@dataclass(frozen=True)
class Sdist:
    """A source distribution offered by an index; `sha256` is empty where it names none.

    `uploaded` is when, in ISO 8601 (PEP 700), and empty where the index does not say.
    """

    name: str
    version: str
    filename: str
    url: str
    sha256: str = ""
    uploaded: str = ""


def index_url(setting: str | None = None, environ: Mapping[str, str] = os.environ) -> str:
    """Return the URL of the index: the setting, else uv's, else pip's, else the public one."""
    if setting:
        return setting.rstrip("/")
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if value := environ.get(name, "").strip():
            label, equals, rest = value.partition("=")
            named = equals and "/" not in label and name == "UV_DEFAULT_INDEX"
            return (rest if named else value).rstrip("/")
    for path in _pip_files(environ):
        if found := _pip_index(path):
            return found.rstrip("/")
    return DEFAULT_URL


def find_sdist(name: str, version: str, url: str) -> Sdist:
    """Return the source distribution of `name` at `version` on the index at `url`.

    Raises `SourceError` for an unknown name or version (naming the nearest), a version that has
    no source distribution, and an index that cannot be reached.
    """
    wanted = _version(version)
    sdists, versions = _project(name, url)
    if wanted is None:
        raise SourceError(
            f"pypi:{name}{'==' + version if version else ''}: a version is needed.",
            f"For example pypi:{name}=={_newest(versions)}.",
        )
    for sdist in sdists:
        if _version(sdist.version) == wanted:
            return sdist
    offered = {v for sdist in sdists if (v := _version(sdist.version))}
    if wanted in versions:
        raise SourceError(
            f"{name} {version} has no source distribution on the index.",
            f"Versions that have one: {_nearest(offered, wanted)}. Or give its Git repository.",
        )
    raise SourceError(
        f"{name} has no version {version} on the index.",
        f"Nearest versions: {_nearest(offered or versions, wanted)}.",
    )


def find_releases(name: str, version: str, most: int, url: str) -> list[Sdist]:
    """Return the last `most` releases of `name` up to `version` (or the newest), oldest first.

    Pre-releases are left out, but for the one asked for. Raises `SourceError` as `find_sdist` does.
    """
    sdists, versions = _project(name, url)
    last = find_sdist(name, version or str(_newest(versions)), url)
    until = Version(last.version)
    by_version = {Version(sdist.version): sdist for sdist in reversed(sdists)}
    order = sorted(v for v in by_version if v < until and not v.is_prerelease)
    return [*(by_version[v] for v in order[max(0, len(order) - most + 1) :]), last]


def download(sdist: Sdist, into: Path, pin: str = "") -> tuple[Path, str]:
    """Download `sdist` into the directory `into`; return the file and its SHA-256.

    Raises `SourceError` where the hash is not the one the index names, or not `pin`.
    """
    target = into / sdist.filename
    hasher = hashlib.sha256()
    received = 0
    with target.open("wb") as file, _open(sdist.url) as response:
        for part in response.iter_bytes(1 << 16):
            received += len(part)
            if received > MAX_BYTES:
                raise SourceError(
                    f"{sdist.filename} is larger than {MAX_BYTES >> 20} MiB.",
                    "Give a Git repository instead.",
                )
            hasher.update(part)
            file.write(part)
    found = hasher.hexdigest()
    for expected, owner in ((sdist.sha256, "the index says"), (pin, "you asked for")):
        if expected and expected.lower() != found:
            raise SourceError(
                f"{sdist.filename}: {owner} sha256 {expected}, what came is {found}.",
                "Do not use it before you know why: correct the hash, or try another index.",
            )
    return target, found


def redact(url: str) -> str:
    """Return `url` without user name and password, for messages."""
    parts = urllib.parse.urlsplit(url)
    if "@" not in parts.netloc:
        return url
    return parts._replace(netloc="***@" + parts.netloc.rpartition("@")[2]).geturl()


def _project(name: str, url: str) -> tuple[list[Sdist], set[Version]]:
    page = f"{url}/{canonicalize_name(name)}/"
    with _open(page, name) as response:
        response.read()
        final = str(response.url)
        if "json" in response.headers.get("content-type", ""):
            files = _json_files(response.json())
        else:
            files = _html_files(response.text)
    sdists: list[Sdist] = []
    versions: set[Version] = set()
    for filename, link, sha256, uploaded in files:
        try:
            _, version = parse_sdist_filename(filename)
        except (InvalidSdistFilename, InvalidVersion):
            if filename.endswith(".whl") and (found := _version(filename.split("-")[1])):
                versions.add(found)
            continue
        versions.add(version)
        where = urllib.parse.urljoin(final, link)
        sdists.append(
            Sdist(canonicalize_name(name), str(version), filename, where, sha256, uploaded)
        )
    if not versions:
        raise SourceError(
            f"The index at {redact(url)} has no files of {name}.", "Check the name's spelling."
        )
    return sdists, versions


class _Stream:
    """An answer being read; everything that the network can do wrong becomes a `SourceError`."""

    def __init__(self, url: str, name: str) -> None:
        self.url, self.name = url, name

    def __enter__(self) -> httpx.Response:
        import httpx

        self.client = httpx.Client(follow_redirects=True, timeout=TIMEOUT_S)
        try:
            request = self.client.build_request("GET", self.url, headers={"Accept": _ACCEPT})
            self.response = self.client.send(request, stream=True)
            if self.response.status_code == 404 and self.name:
                raise SourceError(
                    f"There is no {self.name} on the index at {redact(self.url)}.",
                    "Check the name's spelling, or name another index as environment.index_url.",
                )
            self.response.raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.client.close()
            raise self._explain(error) from None
        except BaseException:
            self.client.close()
            raise
        return self.response

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import httpx

        self.response.close()
        self.client.close()
        if isinstance(error, httpx.HTTPError):
            raise self._explain(error) from None

    def _explain(self, error: Exception) -> SourceError:
        import httpx

        where = redact(self.url)
        if isinstance(error, httpx.HTTPStatusError):
            return SourceError(
                f"{where} answered with status {error.response.status_code}.",
                "Try again later, check your rights, or set environment.index_url.",
            )
        return SourceError(
            f"{where} cannot be reached: {error or type(error).__name__}.",
            "Check the network connection, or give a local Git repository as the source.",
        )


def _open(url: str, name: str = "") -> _Stream:
    return _Stream(url, name)


def _json_files(answer: Any) -> list[tuple[str, str, str, str]]:
    return [
        (
            file["filename"],
            file["url"],
            file.get("hashes", {}).get("sha256", ""),
            file.get("upload-time") or "",
        )
        for file in answer.get("files", [])
    ]


def _html_files(text: str) -> list[tuple[str, str, str, str]]:
    parser = _Anchors()
    parser.feed(text)
    files = []
    for link, uploaded in parser.links:
        bare, _, fragment = link.partition("#")
        filename = urllib.parse.unquote(bare.rpartition("/")[2])
        sha256 = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else ""
        files.append((filename, bare, sha256, uploaded))
    return files


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            known = {key: value or "" for key, value in attributes}
            if known.get("href"):
                self.links.append((known["href"], known.get("data-upload-time", "")))


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _newest(versions: set[Version]) -> Version:
    return max(versions, key=lambda version: (not version.is_prerelease, version))


def _nearest(versions: set[Version], wanted: Version, most: int = 5) -> str:
    """Name the versions that stand next to `wanted` in order."""
    order = sorted(versions)
    after = sum(version < wanted for version in order)
    first = max(0, min(after - most // 2 - 1, len(order) - most))
    return ", ".join(str(version) for version in order[first : first + most]) or "none"


def _pip_files(environ: Mapping[str, str]) -> list[Path]:
    """Return pip's configuration files, those that win first."""
    home = Path(environ.get("HOME") or Path.home())
    user = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    shared = environ.get("XDG_CONFIG_DIRS") or "/etc/xdg"
    named = environ.get("PIP_CONFIG_FILE", "")
    return [
        *([Path(named)] if named else []),
        Path(sys.prefix) / "pip.conf",
        user / "pip" / "pip.conf",
        home / ".pip" / "pip.conf",
        Path("/etc/pip.conf"),
        *(Path(directory) / "pip" / "pip.conf" for directory in shared.split(os.pathsep)),
    ]


def _pip_index(path: Path) -> str:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, "utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    for section in ("install", "global"):
        for key in ("index-url", "index_url"):
            if found := parser.get(section, key, fallback="").strip():
                return found
    return ""
