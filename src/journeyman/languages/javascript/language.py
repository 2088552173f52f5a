"""JavaScript and TypeScript behind the seam."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from journeyman.grading.forging import Cheat
from journeyman.languages.command_language import CommandLanguage
from journeyman.languages.javascript import plan as planning
from journeyman.languages.javascript.cheats import CHEATS
from journeyman.languages.javascript.environment import build, find_node
from journeyman.languages.javascript.grammar import JAVASCRIPT, grammar_of
from journeyman.languages.javascript.guard import flags
from journeyman.languages.javascript.runners import NodeRunner
from journeyman.languages.javascript.warm import made_from, warm
from journeyman.languages.language import Serving
from journeyman.records import Flag, Patch
from journeyman.repository.copies import lay_out
from journeyman.repository.detect import Plan
from journeyman.repository.environment import Environment
from journeyman.repository.launcher import Launcher
from journeyman.repository.partial import partial
from journeyman.repository.tree import Tree
from journeyman.sandbox.bubblewrap import Bind
from journeyman.sandbox.launch import INSIDE, Server
from journeyman.sandbox.testing.command_suite import CommandSettings, Runner
from journeyman.sandbox.testing.suite import Identified
from journeyman.settings import Settings
from journeyman.tasks.history.kinds import FileKinds
from journeyman.tasks.syntax import Grammar, functions

VERSION = 1
"""Counted up when a reporter changes what a run can come to: old results count no more."""


class JavaScript(CommandLanguage):
    """See `journeyman.languages.Language`."""

    name: ClassVar[str] = "javascript"
    version: ClassVar[int] = VERSION

    @property
    def kinds(self) -> FileKinds:
        """See `Language.kinds`."""
        return FileKinds(
            suffixes=planning.SUFFIXES,
            is_test=planning.is_test,
            is_code=planning.is_code,
            is_module=planning.is_module,
            functions=lambda path, text: functions(path, text, grammar_of(path)),
        )

    def grammar(self, path: str) -> Grammar:
        """Return the grammar that reads a file."""
        return grammar_of(path) if path else JAVASCRIPT

    def label(self, path: str) -> str:
        """Return ``typescript`` for its files, ``javascript`` for others."""
        return "typescript" if path.endswith((".ts", ".mts", ".cts", ".tsx")) else self.name

    def detect(self, tree: Tree, settings: Settings) -> Plan:
        """See `plan.detect`."""
        return planning.detect(tree, settings)

    def build(
        self,
        tree: Tree,
        plan: Plan,
        settings: Settings,
        directory: Path,
        launcher: Launcher,
        *,
        version: str = "",
    ) -> Environment:
        """See `environment.build`."""
        return build(tree, plan, settings, directory, launcher)

    def lay_out(self, serving: Serving) -> None:
        """Lay out the tree, with a link to the packages."""
        if serving.shown.exists():
            return
        with partial(serving.shown) as work:
            lay_out(serving.tree, Path(os.devnull), work)
            link_packages(Path(serving.environment.venv) / "node_modules", work / "node_modules")

    def binds(self, environment: Environment) -> tuple[Bind, ...]:
        """Return what sandboxes show beside the tree: Node, the packages, our reporters."""
        shown = tuple(Bind(host, inside) for host, inside in environment.binds())
        return (*shown, Bind(INSIDE / "javascript", "/env/journeyman"))

    def runner(self, serving: Serving) -> Runner:
        """Return the adapter of the plan's runner."""
        return self._adapter(serving)

    def serve(self, serving: Serving) -> tuple[Server, Identified]:
        """Also keep what Jest's transformers make of the tree."""
        server, how = super().serve(serving)
        if serving.plan.runner != "jest":
            return server, how
        assert isinstance(how, CommandSettings)
        adapter = self._adapter(serving)
        warm(server, adapter, how.limits, serving.tree, serving.shown)
        cached = made_from(serving.shown, serving.tree.files())
        return server, replace(how, runner=replace(adapter, cached=cached))

    def _adapter(self, serving: Serving) -> NodeRunner:
        plan = serving.plan
        links = sorted(place.name for place in (serving.shown / "node_modules").iterdir())
        return NodeRunner(
            kind=plan.runner,
            node=str(find_node().executable),
            files=plan.test_paths,
            options=plan.options,
            arguments=plan.arguments,
            variables=plan.variables,
            left_out=plan.left_out,
            config=plan.config_files,
            packages=tuple(f"node_modules/{name}" for name in links),
        )

    def command(self, plan: Plan) -> str:
        """Return the test command as a person would type it."""
        start = {"node": "node --test", "vitest": "vitest run", "jest": "jest"}[plan.runner]
        return " ".join([start, *plan.arguments])

    def never_crosses(self, path: str) -> bool:
        """Whether a file decides what is installed, how tests are run, or what stands in for it."""
        return planning.is_test(path) or planning.is_config(path)

    def look(self, patch: Patch, before: Any, reference: Patch | None) -> tuple[Flag, ...]:
        """See `guard.flags`."""
        return flags(patch, before, reference)

    @property
    def cheats(self) -> tuple[Cheat, ...]:
        """See `cheats`."""
        return CHEATS


def link_packages(installed: Path, folder: Path) -> None:
    """Fill `folder` with a link to each installed package, as a sandbox will see it.

    The folder itself is the tree's, since tools keep temporary files in it; what it links to is
    shown read-only. A package that the tree brings itself stays.
    """
    folder.mkdir(exist_ok=True)
    for package in sorted(installed.iterdir()):
        place = folder / package.name
        if not package.name.startswith(".package-lock") and not place.exists():
            place.symlink_to(f"/env/node_modules/{package.name}")
