"""What pytest does alike in every run, done once in the server: its imports, its first objects.

Nothing here sees a file of the tree. Where a version of pytest has not what is looked for, the run
does it itself, only later.
"""

from __future__ import annotations

import importlib
import pathlib
import types
from typing import Any

_RUNNER_MODULES = (
    "_pytest.assertion.rewrite _pytest.assertion.util _pytest.capture _pytest.doctest "
    "_pytest.fixtures _pytest.junitxml _pytest.mark.expression _pytest.monkeypatch "
    "_pytest.python _pytest.python_api "
    "_pytest.recwarn _pytest.runner _pytest.skipping _pytest.terminal _pytest.tmpdir "
    "_pytest.unittest _pytest.unraisableexception _pytest.threadexception _pytest.faulthandler "
    "_pytest.setuponly _pytest.stepwise _pytest.pastebin _pytest.debugging _pytest.legacypath "
    "_pytest.logging _pytest.nodes _pytest.pathlib _pytest.warnings coverage coverage.sqldata "
    "coverage.collector coverage.ctracer unittest unittest.mock doctest difflib pprint json"
)


def preload(plugins: list[str]) -> None:
    """Import the runner's own parts, so that no child has to."""
    for name in [*_RUNNER_MODULES.split(), *plugins]:
        try:
            importlib.import_module(name)
        except ImportError:
            continue  # versions of pytest differ; what is missing is simply not preloaded
    _let_plugins_be_imported_already()
    _let_byte_code_lie_elsewhere()
    _prepare_config()


def _prepare_config() -> None:
    """Make pytest's first configuration object, plugins of its own and all, here and once.

    It has seen no file yet: arguments, settings and the tree's own plugins are read in the child.
    """
    from _pytest import config

    prepared = config.get_config(["-pno:cacheprovider"])

    def get_config(args: Any = None, plugins: Any = None, **_: Any) -> Any:
        prepared.invocation_params = config.Config.InvocationParams(
            args=args or (), plugins=plugins, dir=pathlib.Path.cwd()
        )
        prepared.pluginmanager.consider_preparse(args or (), exclude_only=True)
        return prepared

    config.get_config = get_config
    _show_only_fixtures(prepared.pluginmanager.get_plugins())


def _show_only_fixtures(plugins: Any) -> None:
    """Keep every session from searching all of pytest's own modules for the few fixtures there."""
    from _pytest import fixtures

    kind = getattr(fixtures, "FixtureFunctionDefinition", None)
    if kind is None:
        return  # an older pytest marks fixtures otherwise
    shown = {}
    for plugin in plugins:
        if isinstance(plugin, types.ModuleType):
            only = types.ModuleType(plugin.__name__)
            held = {name: one for name, one in vars(plugin).items() if isinstance(one, kind)}
            vars(only).update(held)
            shown[id(plugin)] = plugin, (only if held else None)
    search = fixtures.FixtureManager.parsefactories

    def parsefactories(self: Any, *given: Any, **named: Any) -> Any:
        holder = given[0] if given else named.get("holder")
        plugin, only = shown.get(id(holder), (None, None))
        if plugin is None or plugin is not holder:
            return search(self, *given, **named)
        if only is None:
            return None
        if given:
            return search(self, only, *given[1:], **named)
        return search(self, **{**named, "holder": only})

    manager: Any = fixtures.FixtureManager
    manager.parsefactories = parsefactories


def _let_byte_code_lie_elsewhere() -> None:
    """Have pytest's own byte code say the path that it is loaded from, as Python's does.

    It was compiled once for all, and not every tier shows the tree at the same place.
    """
    from _pytest.assertion import rewrite

    found: Any = rewrite
    read, fix = found._read_pyc, importlib.import_module("_imp")._fix_co_filename

    def read_and_fix(source: Any, *others: Any, **named: Any) -> Any:
        code = read(source, *others, **named)
        if code is not None:
            fix(code, str(source))
        return code

    found._read_pyc = read_and_fix


def _let_plugins_be_imported_already() -> None:
    """Silence pytest's warning that a plugin cannot have its assertions rewritten any more.

    It is our preloading that came too early, and a suite that turns warnings into errors would
    not even start. What is lost is only the detail of a plugin's own failing assertions.
    """
    from _pytest.assertion import rewrite

    hook: Any = rewrite.AssertionRewritingHook
    hook._warn_already_imported = lambda self, name: None
