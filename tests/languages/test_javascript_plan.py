"""How a JavaScript tree is tested is worked out from its files alone."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from journeyman.errors import AdoptError, SourceError
from journeyman.languages.javascript.environment import _needed
from journeyman.languages.javascript.guard import flags
from journeyman.languages.javascript.package import node_options, read_package
from journeyman.languages.javascript.plan import detect, is_code, is_test
from journeyman.records import Patch
from journeyman.repository.detect import Plan
from journeyman.repository.git import Git
from journeyman.repository.npm_index import parse
from journeyman.repository.tree import Tree, export
from journeyman.settings import Settings, TestsSettings


def planned(
    sample: ModuleType, folder: Path, files: dict[str, str], settings: Settings | None = None
) -> tuple[Tree, Plan]:
    made = sample.SampleRepository(folder / "made")
    commit = made.commit(files, "Start")
    tree = export(Git(folder / "made" / ".git"), commit, folder / "tree")
    return tree, detect(tree, settings or Settings())


@pytest.mark.parametrize(
    ("script", "runner", "options", "variables"),
    [
        ("node --test", "node", (), {}),
        ("c8 node --import tsx --test test/*.ts", "node", ("--import", "tsx"), {}),
        ("npm run lint && TZ=UTC vitest run --coverage", "vitest", (), {"TZ": "UTC"}),
        (
            "cross-env NODE_OPTIONS=--experimental-vm-modules jest",
            "jest",
            ("--experimental-vm-modules",),
            {},
        ),
    ],
)
def test_the_runner_and_its_options_come_from_the_script(
    sample: ModuleType,
    tmp_path: Path,
    script: str,
    runner: str,
    options: tuple[str, ...],
    variables: dict[str, str],
) -> None:
    files = {
        "package.json": f'{{"scripts": {{"lint": "x", "test": "{script}"}}}}',
        "src/a.ts": "export const a = 1;\n",
        "src/a.d.ts": "",
        "test/a.test.ts": "import { test } from 'node:test';\n",
        "test/helper.ts": "",
        "vitest.config.ts": "",
    }
    _, plan = planned(sample, tmp_path, files)
    assert (plan.runner, plan.options, plan.variables) == (runner, options, variables)
    assert plan.code_files == ("src/a.ts",)
    assert set(plan.test_files) == {"test/a.test.ts", "test/helper.ts"}
    assert {"package.json", "vitest.config.ts"} <= set(plan.config_files)


def test_only_files_that_use_it_are_given_to_node(sample: ModuleType, tmp_path: Path) -> None:
    files = {
        "package.json": "{}",
        "index.js": "",
        "test/a.js": "const { test } = require('node:test');\n",
        "test/data.js": "module.exports = 1;\n",
    }
    _, plan = planned(sample, tmp_path, files)
    assert plan.runner == "node" and plan.test_paths == ("test/a.js",)


def test_a_runner_without_adapter_is_named(sample: ModuleType, tmp_path: Path) -> None:
    files = {"package.json": '{"scripts": {"test": "mocha"}}', "a.js": "", "test/a.js": ""}
    with pytest.raises(AdoptError, match="mocha"):
        planned(sample, tmp_path, files)


def test_the_runner_can_be_set(sample: ModuleType, tmp_path: Path) -> None:
    files = {"package.json": "{}", "a.js": "", "test/a.test.js": ""}
    settings = Settings(tests=TestsSettings(runner="vitest"))
    _, plan = planned(sample, tmp_path, files, settings)
    assert plan.runner == "vitest"


def test_only_packages_that_some_file_names_are_installed(
    sample: ModuleType, tmp_path: Path
) -> None:
    develop = '"vitest": "^3", "docs-maker": "*", "used-helper": "1", "typescript": "5"'
    files = {
        "package.json": '{"dependencies": {"dep": "^1", "near": "workspace:*"}, '
        f'"devDependencies": {{{develop}}}, "scripts": {{"test": "vitest"}}}}',
        "src/a.ts": "",
        "test/a.test.ts": "import { help } from 'used-helper/sub';\n",
        "yarn.lock": "",
    }
    tree, plan = planned(sample, tmp_path, files)
    package, notes = _needed(tree, plan, read_package(tree))
    assert package["dependencies"] == {"dep": "^1"}
    assert set(package["devDependencies"]) == {"vitest", "used-helper", "typescript"}
    said = " ".join(notes)
    assert "docs-maker" in said and "near" in said and "yarn.lock" in said


def test_paths_tell_tests_from_code() -> None:
    assert is_test("src/a.spec.ts") and is_test("src/__tests__/a.js") and is_test("test/x.json")
    assert not is_test("src/latest.ts") and not is_test("node_modules/a/test/b.js")
    assert is_code("src/a.ts") and is_code("index.js")
    for path in ("a.d.ts", "vite.config.ts", "docs/a.js", "dist/a.js", ".eslintrc.js", "a.min.js"):
        assert not is_code(path)


def test_options_are_taken_from_the_part_that_runs_the_tests() -> None:
    assert node_options("A=1 build && B=2 node --test") == ([], {"B": "2"})
    assert node_options("node --require ./x.js --test") == (["--require", "./x.js"], {})


@pytest.mark.parametrize(
    "code",
    [
        "process.exit(0)",
        "Object.is = () => true",
        "require('node:assert').ok = () => {}",
        "globalThis['ex' + 'pect'] = 1",
        "import('vitest')",
        "pr\\u006fcess.exit(0)",
        "expect.extend({})",
        "x.__proto__.y = 1",
    ],
)
def test_code_that_reaches_for_the_runner_is_flagged(code: str) -> None:
    before = "export function f(a) { return a; }\n"
    found = flags(Patch(files={"a.js": f"{before}{code}\n"}), lambda path: before)
    assert found and found[0].check == "reaches for the runner"


def test_what_was_there_before_or_in_the_reference_is_not_flagged() -> None:
    before = "export const f = (a) => process.exit(a);\n"
    patch = Patch(files={"a.js": before + "process.exit(2);\nconst x = [1].map(String);\n"})
    assert flags(patch, lambda path: before) == ()
    assert flags(patch, lambda path: "", Patch(files={"a.js": before})) == ()


def test_a_release_is_named_like_npm_does() -> None:
    assert parse("npm:@scope/name@1.2.3") == ("@scope/name", "1.2.3")
    assert parse("npm:name") == ("name", "")
    with pytest.raises(SourceError, match="not understood"):
        parse("npm:na me")
