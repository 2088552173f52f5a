"""The adapters: how `node --test`, Vitest and Jest are started, and where their reporters lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from journeyman.records import TestReport
from journeyman.sandbox.testing.command_suite import read_entries

TRACES = "/tmp/journeyman-traces"
CACHE = ".journeyman-cache"
"""The folder of the base tree with what a runner's transformers made of its files beforehand."""


@dataclass(frozen=True)
class NodeRunner:
    """One of the three runners, behind `command_suite.Runner`.

    Args:
        kind: ``node``, ``vitest`` or ``jest``.
        node: Node's path inside the sandbox.
        files: All test files, for `node --test`, which is told them; others find them.
        options, arguments, variables: For Node, for the runner, and of the environment.
        cached: Path of a source file to those made from it beforehand, relative to the tree.
        config: Files that a run must leave alone beside its test files.
        packages: The links to the installed packages; these too.
        adapters: Where our reporters lie; `root` is the tree.
    """

    kind: str
    node: str
    files: tuple[str, ...]
    options: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    cached: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    config: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    adapters: str = "/env/journeyman"
    root: str = "/repo"

    def request(self, files: Sequence[str], *, coverage: bool) -> dict[str, Any]:
        """See `Runner.request`."""
        environment = {
            "CI": "1",
            "NODE_ENV": "test",
            "FORCE_COLOR": "0",
            "NO_COLOR": "1",
            **self.variables,
        }
        if coverage:
            environment |= {"JOURNEYMAN_TRACES": TRACES, "JOURNEYMAN_ROOT": self.root}
        command = {"node": self._node_test, "vitest": self._driven, "jest": self._driven}[self.kind]
        return {
            "run": command(files or (self.files if self.kind == "node" else ()), coverage),
            "environment": environment,
            "tell": {
                "coverage": coverage,
                "traces": TRACES,
                "root": self.root,
                "files": list(files),
                "arguments": list(self.arguments),
                "left_out": list(self.left_out),
                "cache": f"{self.root}/{CACHE}",
            },
        }

    def read(self, answer: dict[str, Any], nonce: str, seconds: float) -> TestReport:
        """See `Runner.read`."""
        return read_entries(answer, nonce, seconds)

    def stale(self, paths: Sequence[str]) -> Sequence[str]:
        """See `Runner.stale`."""
        return sorted({made for path in paths for made in self.cached.get(path, ())})

    def guarded(self, files: Sequence[str]) -> Sequence[str]:
        """The test files, the settings above them, and the links to the packages."""
        above = {str(parent) for file in files for parent in PurePosixPath(file).parents} | {"."}
        settings = [one for one in self.config if str(PurePosixPath(one).parent) in above]
        return sorted({*files, *settings, *self.packages})

    def _node_test(self, files: Sequence[str], coverage: bool) -> list[str]:
        trace = ["--import", f"{self.adapters}/node_trace.mjs"] if coverage else []
        return [
            *(self.node, *self.options, *trace, *self.arguments),
            *("--test", "--test-concurrency=1"),
            f"--test-reporter={self.adapters}/node_test.mjs",
            "--test-reporter-destination=stderr",
            *files,
        ]

    def _driven(self, files: Sequence[str], coverage: bool) -> list[str]:
        return [self.node, *self.options, f"{self.adapters}/{self.kind}_run.mjs"]
