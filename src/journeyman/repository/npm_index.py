"""Released packages of the npm registry as a source: ``npm:NAME@VERSION``.

Few releases carry their tests; those that do can be adopted without their repository.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from journeyman.errors import SourceError
from journeyman.repository.index import MAX_BYTES, redact

DEFAULT = "https://registry.npmjs.org"
_TIMEOUT_S = 60.0
_SOURCE = re.compile(r"npm:\s*((?:@[\w.~-]+/)?[\w.~-]+)(?:@([\w.+-]+))?\s*")


def parse(source: str) -> tuple[str, str]:
    """Return name and version (empty for the newest) of ``npm:NAME@VERSION``.

    Raises:
        SourceError: It is not understood.
    """
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise SourceError(f"{source}: not understood.", "Write npm:NAME@VERSION.")
    return match[1], match[2] or ""


def registry(setting: str | None = None) -> str:
    """Return the registry in use: the setting's, the environment's, or npm's own."""
    found = setting or os.environ.get("NPM_CONFIG_REGISTRY") or DEFAULT
    return found.rstrip("/")


def download(name: str, version: str, url: str, into: Path) -> tuple[Path, str, str]:
    """Download a release; return the archive, its version and its SHA-256.

    Raises:
        SourceError: There is none, the registry cannot be reached, or what came is not what the
            registry says.
    """
    what = _json(f"{url}/{quote(name, safe='@')}/{version or 'latest'}", name, version)
    place, expected = what.get("dist", {}).get("tarball", ""), what.get("dist", {}).get("integrity")
    content = _get(place, f"{name}@{what.get('version', version)}").content
    if len(content) > MAX_BYTES:
        raise SourceError(
            f"{name} is larger than {MAX_BYTES >> 20} MiB.", "Give a Git repository instead."
        )
    if isinstance(expected, str) and expected.startswith("sha512-"):
        found = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
        if found != expected.split()[0]:
            raise SourceError(
                f"{name}: the registry says {expected}, what came is {found}.",
                "Do not use it before you know why.",
            )
    archive = into / f"{re.sub(r'[^A-Za-z0-9.-]+', '-', name)}.tar.gz"
    archive.write_bytes(content)
    return archive, str(what.get("version", version)), hashlib.sha256(content).hexdigest()


def _json(url: str, name: str, version: str) -> dict[str, Any]:
    answer = _get(url, f"{name}@{version or 'latest'}")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SourceError(f"{redact(url)} did not answer as a registry does.", "Check its address.")
    return found


def _get(url: str, wanted: str) -> httpx.Response:
    try:
        answer = httpx.get(url, timeout=_TIMEOUT_S, follow_redirects=True)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise SourceError(
            f"The registry cannot be reached at {redact(url)}: {error}.",
            "Check the network, or set NPM_CONFIG_REGISTRY.",
        ) from None
    if answer.status_code == httpx.codes.NOT_FOUND:
        raise SourceError(f"The registry has no {wanted}.", "Check the name and the version.")
    if not answer.is_success:
        raise SourceError(
            f"{redact(url)} answered {answer.status_code}.", "Try again, or another registry."
        )
    return answer
