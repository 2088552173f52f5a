"""What `package.json` says: which runner, started how, and what it takes to run it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from journeyman.repository.tree import Tree

RUNNERS = ("vitest", "jest", "node")

_OTHERS = ("mocha", "ava", "tap", "tape", "jasmine", "uvu", "karma", "qunit", "lab", "bun test")
_STARTS = {
    "vitest": re.compile(r"\bvitest\b"),
    "jest": re.compile(r"\b(jest|react-scripts test)\b"),
    "node": re.compile(r"\bnode\b[^&|;]*\s--test\b|\bborp\b"),
}
_TEST_SCRIPT = re.compile(r"^test\b|^tests?$|:test\b|^unit")
_KEPT = ("--import", "--loader", "--experimental-loader", "-r", "--require", "--conditions", "-C")
_FLAGS = ("--experimental-vm-modules", "--expose-gc", "--no-warnings", "--enable-source-maps")


@dataclass(frozen=True)
class Package:
    """A parsed `package.json`; empty where there is none that can be read."""

    raw: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The package's name."""
        return str(self.raw.get("name", ""))

    @property
    def scripts(self) -> dict[str, str]:
        """Its scripts."""
        found = self.raw.get("scripts")
        if not isinstance(found, dict):
            return {}
        return {str(key): value for key, value in found.items() if isinstance(value, str)}

    def needs(self, *groups: str) -> dict[str, str]:
        """Return what the package depends on in the given groups, by name."""
        found: dict[str, str] = {}
        for group in groups:
            part = self.raw.get(group)
            if isinstance(part, dict):
                found |= {str(k): v for k, v in part.items() if isinstance(v, str)}
        return found

    @property
    def test_scripts(self) -> list[str]:
        """The scripts that run tests, ``test`` first."""
        keys = sorted(
            filter(_TEST_SCRIPT.search, self.scripts), key=lambda key: (key != "test", key)
        )
        return [self.scripts[key] for key in keys]


def read_package(tree: Tree) -> Package:
    """Return the tree's `package.json`."""
    try:
        raw = json.loads(tree.read("package.json"))
    except (FileNotFoundError, IsADirectoryError, UnicodeDecodeError, ValueError):
        return Package()
    return Package(raw if isinstance(raw, dict) else {})


def runner_of(package: Package) -> tuple[str, str]:
    """Return the test runner and the script that starts it; empty where there is none we know."""
    for script in package.test_scripts:
        for runner in RUNNERS:
            if _STARTS[runner].search(script):
                return runner, script
    needs = package.needs("dependencies", "devDependencies")
    for runner in ("vitest", "jest"):
        if runner in needs:
            return runner, ""
    return "", ""


def other_runners(package: Package) -> list[str]:
    """Return the runners we have no adapter for that the package's scripts start."""
    said = " ".join(package.test_scripts)
    return [name for name in _OTHERS if re.search(rf"\b{re.escape(name)}\b", said)]


def node_options(script: str) -> tuple[list[str], dict[str, str]]:
    """Return the options for Node that change what tests do, and the variables a script sets."""
    started = [part for part in re.split(r"&&|\|\||;", script) if _any_start(part)]
    try:
        pending = shlex.split(started[0]) if started else []
    except ValueError:
        pending = []
    variables: dict[str, str] = {}
    kept: list[str] = []
    while pending:
        word = pending.pop(0)
        match = re.fullmatch(r"([A-Z][A-Z0-9_]*)=(.*)", word)
        if match is not None and match[1] == "NODE_OPTIONS":
            kept += [flag for flag in match[2].split() if flag in _FLAGS]
        elif match is not None:
            variables[match[1]] = match[2]
        elif word.split("=")[0] in _KEPT:
            kept.append(word)
            if "=" not in word and pending:
                kept.append(pending.pop(0))
        elif word in _FLAGS:
            kept.append(word)
    return kept, variables


def _any_start(part: str) -> bool:
    return any(start.search(part) for start in _STARTS.values())
