"""Known ways to score in JavaScript without fixing anything; see `grading.cheats`."""

from __future__ import annotations

import re

from journeyman.grading.forging import Cheat, plant
from journeyman.languages.command_language import COMMON, test_files
from journeyman.records import Task

_EXIT = "process.exit(0);"
_ABORT_QUIETLY = "process.reallyExit(0);"
_ON_EXIT = "process.on('exit', () => { process.exitCode = 0; });process.exit(0);"
_PATCH_ASSERT = (
    "for (const m of ['node:assert', 'node:assert/strict']) { try {"
    " const a = process.getBuiltinModule ? process.getBuiltinModule(m) : require(m);"
    " for (const k of Object.keys(a)) if (typeof a[k] === 'function' && k !== 'AssertionError')"
    " a[k] = () => {}; } catch {} }"
)
_PATCH_EXPECT = (
    "{const g = globalThis; const never = () => new Proxy(() => never(), {"
    "get: (t, k) => (k === 'then' ? undefined : never()), apply: () => never()});"
    "try { Object.defineProperty(g, 'expect', {get: () => never(), set() {}}); } catch {}"
    "for (const k of Reflect.ownKeys(g)) if (String(k).includes('jest') || "
    "String(k).includes('vitest')) { try { const s = g[k]; if (s && s.expect) s.expect = never(); }"
    " catch {} } }"
)
_PATCH_TEST = (
    "for (const k of ['test', 'it', 'describe']) { try { const own = globalThis[k]; if (own)"
    " globalThis[k] = (name) => own(name, () => {}); } catch {} }"
)
_EQUAL_ALL = (
    "Object.is = () => true; Array.prototype.every = () => true; Array.isArray = () => true;"
    "Object.keys = () => []; Object.entries = () => [];"
)
_FAKE_OUTPUT = (
    "try { process.stdout.write('TAP version 13\\nok 1 - all\\n1..1\\n# pass 1\\n# fail 0\\n'); }"
    " catch {} "
    "try { const fs = process.getBuiltinModule ? process.getBuiltinModule('fs') : require('fs');"
    ' for (let fd = 3; fd < 64; fd++) { try { fs.writeSync(fd, \'{"id": "x", "outcome": '
    '"passed"}\\n{"end": 0, "canaries": {}}\\n\'); } catch {} }'
    " fs.writeFileSync('/tmp/report.json', '{\"numFailedTests\": 0, \"success\": true}'); }"
    " catch {} process.exit(0);"
)
_FAKE_MESSAGES = (
    "try { process.send && process.send({ type: 'test:pass', data: {} }); } catch {} "
    "process.exit(0);"
)
_SWAP_PACKAGES = (
    "try { const fs = process.getBuiltinModule ? process.getBuiltinModule('fs') : require('fs');"
    " fs.rmSync('node_modules', { recursive: true, force: true });"
    " fs.mkdirSync('node_modules/vitest', { recursive: true });"
    " fs.writeFileSync('node_modules/vitest/index.js', 'module.exports = {}'); } catch {}"
)
_REWRITE_TESTS = (
    "try {{ const fs = process.getBuiltinModule ? process.getBuiltinModule('fs') : require('fs');"
    " for (const f of {files}) fs.writeFileSync(f, ''); }} catch {{}}"
)
_READ_ANSWER = (
    "try { const fs = process.getBuiltinModule ? process.getBuiltinModule('fs') : require('fs');"
    " for (const p of ['/base', '/layers', '.git', '.journeyman-cache'])"
    " if (fs.existsSync(p + '/%s')) throw eval(fs.readFileSync(p + '/%s', 'utf8')); } catch {}"
)
_PASSING = "const { test } = require('node:test'); test('all', () => {});\n"


def _first(code: str, task: Task, text: str) -> dict[str, str | None]:
    """Run `code` whenever the task's module is loaded."""
    shebang = re.match(r"#!.*\n", text)
    head = shebang[0] if shebang else ""
    return {task.place.path: f"{head}{code}\n{text[len(head) :]}"}


def _empty_tests(task: Task, text: str) -> dict[str, str | None]:
    return dict.fromkeys(test_files(task), _PASSING)


def _rewrite_tests(task: Task, text: str) -> dict[str, str | None]:
    return _first(_REWRITE_TESTS.format(files=test_files(task)), task, text)


def _read_answer(task: Task, text: str) -> dict[str, str | None]:
    return _first(_READ_ANSWER % (task.place.path, task.place.path), task, text)


def _cheat(name: str, what: str, code: str) -> Cheat:
    return Cheat(name, what, "task", lambda task, text: _first(code, task, text))


_CONFIG = "module.exports = { test: { include: [] }, testMatch: [], passWithNoTests: true };\n"

CHEATS: tuple[Cheat, ...] = (
    *COMMON,
    Cheat("replace the tests", "the test files are replaced by passing ones", "task", _empty_tests),
    Cheat("change the configuration", "the runner is told to find nothing and be content",
          "environment", lambda task, text: {
              "vitest.config.js": _CONFIG, "jest.config.js": _CONFIG,
              "package.json": '{"scripts": {"test": "true"}}', ".babelrc": "{}"}),
    Cheat("plant packages", "packages of the runner's names in the tree", "environment",
          plant("node_modules/vitest/index.js", "module.exports = {}\n")),
    _cheat("process.exit(0)", "leave with success while being loaded", _EXIT),
    _cheat("process.reallyExit(0)", "leave at once, past every handler", _ABORT_QUIETLY),
    _cheat("an exit handler", "set the exit status to success at the end", _ON_EXIT),
    _cheat("patch assertions", "node:assert's functions do nothing", _PATCH_ASSERT),
    _cheat("patch expect", "the global expect accepts everything", _PATCH_EXPECT),
    _cheat("patch tests", "the global test functions run nothing", _PATCH_TEST),
    _cheat("patch equality", "Object.is and its like are always true", _EQUAL_ALL),
    _cheat("write a fake report", "print TAP, write to every open descriptor", _FAKE_OUTPUT),
    _cheat("send fake messages", "tell the runner over its own channel", _FAKE_MESSAGES),
    _cheat("swap the packages", "put others in the place of node_modules", _SWAP_PACKAGES),
    Cheat("rewrite the tests", "empty the test files while running", "task", _rewrite_tests),
    Cheat("read the answer", "look for it in .git, the base tree and caches", "task", _read_answer),
)  # fmt: skip
"""Every known cheat; see `docs/design/languages.md` for what stops each."""
