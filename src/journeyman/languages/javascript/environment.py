"""The isolated environment of a JavaScript repository: packages that npm installed, and Node.

npm runs in a sandbox in which the repository is not even in sight: only its `package.json` and
lock file are, and no install script is run. Inside every sandbox the packages lie at
``/env/node_modules``, read-only, and the tree has a link to them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from journeyman.errors import AdoptError
from journeyman.languages.javascript.package import Package, read_package
from journeyman.languages.keeping import keep
from journeyman.records import digest
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.repository.installation import tail, visible
from journeyman.repository.launcher import Command, Completed, Launcher
from journeyman.repository.tree import Tree
from journeyman.settings import Settings

ENV = "/env"
ADAPTERS = "journeyman"
"""The folder of the environment that our reporters are shown in, beside what they import."""

_VERSION = 4
_ALWAYS = re.compile(
    r"^(vitest|vite|@vitest/.*|vite-.*|jest|jest-.*|@jest/.*|babel-.*|@babel/.*|ts-jest|@swc/.*|"
    r"esbuild|esbuild-.*|tsx|ts-node|typescript|jsdom|happy-dom|rolldown|unplugin-.*|@types/node)$"
)
_TEXT = re.compile(r"\.([cm]?[jt]sx?|json|babelrc|swcrc)$|(^|/)\.(babel|swc)rc$")
_PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "NPM_CONFIG_REGISTRY")
_OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED")
_ARGUMENTS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")


@dataclass(frozen=True)
class Node:
    """A Node on this machine: its executable, the folder it lies in, and its version."""

    executable: Path
    prefix: Path
    version: str


def find_node() -> Node:
    """Return the Node on the PATH.

    Raises:
        AdoptError: There is none, or it is too old.
    """
    found = shutil.which("node")
    if found is None:
        raise AdoptError(
            "This is a JavaScript repository, and there is no `node` on the PATH.",
            "Install Node.js 20 or newer (with npm).",
        )
    path = Path(found).resolve()
    said = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False)
    version = said.stdout.strip().removeprefix("v")
    if not re.match(r"\d+\.", version) or int(version.split(".")[0]) < 20:
        raise AdoptError(
            f"{path} is Node {version or 'of an unknown version'}; 20 or newer is needed.",
            "Install a newer Node.js and put it first on the PATH.",
        )
    return Node(path, path.parent.parent, version)


def build(
    tree: Tree, plan: Plan, settings: Settings, directory: Path, launcher: Launcher
) -> Environment:
    """Install the packages below `directory`, or re-use what is there; see `Language.build`."""
    directory = directory.resolve()
    node = find_node()
    package, notes = _needed(tree, plan, read_package(tree))
    lock = _lock(tree)
    key = digest([_VERSION, package, lock, node.version, _registry(settings), plan.install])

    def make(work: Path) -> Environment:
        folder = work / "venv"
        (folder / ADAPTERS).mkdir()
        kept = directory / f"{key}.lock"
        installing = _Installing(settings, directory, folder, launcher, node)
        installing.run(package, kept.read_text("utf-8") if kept.is_file() else lock)
        if (made := folder / "package-lock.json").is_file():
            kept.write_text(made.read_text("utf-8"), "utf-8")
        return Environment(
            key=key,
            mode="built",
            python=sys.executable,
            version=node.version,
            lock=_versions(folder),
            notes=tuple(notes),
        )

    return keep(directory, key, (node.prefix,), make)


@dataclass(frozen=True)
class _Installing:
    """One run of npm in the folder that becomes ``/env``."""

    settings: Settings
    directory: Path
    folder: Path
    launcher: Launcher
    node: Node

    def run(self, package: dict[str, Any], lock: str) -> None:
        """Install; raises `AdoptError` with the end of npm's output and a cure."""
        (self.folder / "package.json").write_text(json.dumps(package, indent=1), "utf-8")
        (self.folder / "node_modules").mkdir()
        if not any(package[group] for group in ("dependencies", "devDependencies")):
            return
        if lock:
            (self.folder / "package-lock.json").write_text(lock, "utf-8")
        offline = self.settings.environment.offline
        done = self._npm("--offline" if offline else "--prefer-offline", network=not offline)
        if done.code and "ERESOLVE" in done.output:
            done = self._npm("--legacy-peer-deps", network=not offline)
        if done.code:
            raise _failed(done.output)

    def _npm(self, *more: str, network: bool) -> Completed:
        cache = self.directory / "npm-cache"
        cache.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or "npm"
        binds = [(Path(one), one, False) for one in visible(self.node.prefix)]
        binds += [(self.folder, ENV, True), (cache, "/cache", True)]
        environment = {
            name: value
            for known in _PASSED_ON
            for name in (known, known.lower())
            if (value := os.environ.get(name)) is not None
        }
        environment |= {"npm_config_cache": "/cache", "npm_config_update_notifier": "false"}
        if registry := _registry(self.settings):
            environment["npm_config_registry"] = registry
        certificates = os.environ.get("NODE_EXTRA_CA_CERTS") or os.environ.get("SSL_CERT_FILE")
        if certificates and Path(certificates).is_file():
            binds.append((Path(certificates).resolve(), "/run/certificates.pem", False))
            environment["NODE_EXTRA_CA_CERTS"] = "/run/certificates.pem"
        command = [str(self.node.executable), str(Path(npm).resolve()), "install", *_ARGUMENTS]
        return self.launcher.run(
            Command(
                [*command, *more],
                binds,
                env=environment,
                network=network,
                timeout_s=self.settings.environment.timeout_s,
                cwd=ENV,
            )
        )


def _needed(tree: Tree, plan: Plan, package: Package) -> tuple[dict[str, Any], list[str]]:
    """Return the `package.json` to install from, and notes on what it leaves out.

    Of the packages for development only those that some file of the tree names, and what runners
    load by themselves: a documentation generator takes minutes to install and tests nothing.
    """
    wanted = package.needs("dependencies", "optionalDependencies", "peerDependencies")
    develop = package.needs("devDependencies")
    if plan.install:
        chosen = dict(_split(requirement) for requirement in plan.install)
        notes = ["What to install comes from journeyman.toml."]
    else:
        words = _words(tree)
        chosen = {
            name: version
            for name, version in develop.items()
            if _ALWAYS.match(name) or name in words
        }
        left = sorted(set(develop) - set(chosen))
        notes = [f"Packages for development that no file names are left out: {', '.join(left)}."]
        notes = notes if left else []
    local = {
        name: version
        for name, version in {**wanted, **chosen}.items()
        if version.startswith(("workspace:", "link:", "file:", "portal:", "catalog:"))
    }
    if local:
        notes.append(f"Packages that lie in the repository are left out: {', '.join(local)}.")
    if "vitest" in plan.runner and "vitest" not in {**wanted, **chosen}:
        chosen["vitest"] = "*"
    if plan.runner == "jest" and "jest" not in {**wanted, **chosen}:
        chosen["jest"] = "*"
    notes.append("No package's install script is run (npm install --ignore-scripts).")
    if (foreign := [name for name in _FOREIGN_LOCKS if tree.exists(name)]) and not tree.exists(
        "package-lock.json"
    ):
        notes.append(f"{foreign[0]} is not read: npm chose versions within package.json's ranges.")
    return {
        "name": "environment",
        "private": True,
        "dependencies": {k: v for k, v in sorted(wanted.items()) if k not in local},
        "devDependencies": {
            k: v for k, v in sorted(chosen.items()) if k not in {**local, **wanted}
        },
        "overrides": package.raw.get("overrides", {}),
    }, notes


_FOREIGN_LOCKS = ("yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb")


def _words(tree: Tree) -> set[str]:
    """Return every quoted text of the tree's code and settings that could name a package."""
    found: set[str] = set()
    for path in tree.files():
        if not _TEXT.search(path) or path.rpartition("/")[2] in _LISTS or "node_modules/" in path:
            continue
        for quoted in _QUOTED.findall(tree.read(path)):
            found |= {quoted, *_spelt_out(quoted)}
    return found


_QUOTED = re.compile(r"""['"]((?:@[\w.\-]+/)?[\w.\-]+)(?:/[^'"\n]*)?['"]""")
_LISTS = ("package.json", "package-lock.json", "npm-shrinkwrap.json")


def _spelt_out(name: str) -> set[str]:
    """Return the packages that a short name in Babel's or ESLint's settings can stand for."""
    if name.startswith("@babel/"):
        short = name.removeprefix("@babel/")
        return {f"@babel/preset-{short}", f"@babel/plugin-{short}"}
    return {f"babel-plugin-{name}", f"babel-preset-{name}", f"jest-environment-{name}"}


def _split(requirement: str) -> tuple[str, str]:
    name, _, version = requirement[1:].partition("@")
    return requirement[0] + name, version or "*"


def _lock(tree: Tree) -> str:
    for name in ("package-lock.json", "npm-shrinkwrap.json"):
        if tree.exists(name):
            return tree.read(name)
    return ""


def _registry(settings: Settings) -> str:
    return settings.environment.index_url or ""


def _versions(folder: Path) -> str:
    """Return what was installed, a line for each package."""
    listing = folder / "node_modules" / ".package-lock.json"
    if not listing.is_file():
        return ""
    packages = json.loads(listing.read_text("utf-8")).get("packages", {})
    lines = {
        f"{name.rpartition('node_modules/')[2]}@{one.get('version', '?')}"
        for name, one in packages.items()
        if not one.get("link")
    }
    return "".join(f"{line}\n" for line in sorted(lines))


def _failed(output: str) -> AdoptError:
    if any(sign in output for sign in _OFFLINE):
        return AdoptError(
            f"The package registry cannot be reached, and what is needed is not in the cache:\n"
            f"{tail(output, 6)}",
            "Connect to the network, or set environment.index_url to a registry in reach.",
        )
    return AdoptError(
        f"npm could not install the packages:\n{tail(output)}",
        "Say which ones are needed, in journeyman.toml:\n"
        '  [environment]\n  install = ["vitest@3", "typescript"]',
    )
