"""Vitest (with TypeScript) and Jest, installed from the registry: only where that is asked for.

Set JOURNEYMAN_ONLINE=1 to run them; each installs some fifty packages.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest

from journeyman.pipeline.adopt import adopt
from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of
from journeyman.pipeline.prove_cheats import play_cheats
from journeyman.records import Patch
from journeyman.settings import ExamSettings, Settings, TasksSettings
from journeyman.workspace import Workspace

pytestmark = pytest.mark.skipif(
    not os.environ.get("JOURNEYMAN_ONLINE"), reason="set JOURNEYMAN_ONLINE=1 to install packages"
)

TYPED = """\
export interface Line {
  price: number;
  count: number;
}

export function total(lines: Line[], limit: number = 100): number {
  let sum = 0;
  for (const { price, count } of lines) {
    if (count <= 0) {
      throw new RangeError('nothing to add');
    }
    sum += price * count;
  }
  return Math.min(sum, limit);
}
"""
CHECKS = """\
describe('total', () => {
  it('adds', () => {
    expect(total([{ price: 2, count: 3 }, { price: 1, count: 1 }])).toBe(7);
  });
  it('stops at the limit', () => {
    expect(total([{ price: 20, count: 6 }])).toBe(100);
    expect(total([{ price: 2, count: 6 }], 5)).toBe(5);
  });
  it('refuses nothing', () => {
    expect(() => total([{ price: 1, count: 0 }])).toThrow(RangeError);
  });
});
"""
VITEST = {
    "package.json": '{"type": "module", "scripts": {"test": "vitest"}, '
    '"devDependencies": {"vitest": "^3"}}',
    "src/total.ts": TYPED,
    "test/total.test.ts": "import { describe, expect, it } from 'vitest';\n"
    f"import {{ total }} from '../src/total';\n{CHECKS}",
}
PLAIN = TYPED[TYPED.index("export function") :].replace(": Line[]", "").replace(": number", "")
JEST = {
    "package.json": '{"scripts": {"test": "jest"}, "devDependencies": {"jest": "^29"}}',
    "src/total.js": PLAIN.replace("export function total", "exports.total = function total"),
    "test/total.test.js": f"const {{ total }} = require('../src/total');\n{CHECKS}",
}


@pytest.mark.parametrize(
    ("files", "path", "language"),
    [
        pytest.param(VITEST, "src/total.ts", "typescript", id="vitest"),
        pytest.param(JEST, "src/total.js", "javascript", id="jest"),
    ],
)
def test_tasks_are_proven_and_judged(
    sandboxed: None,
    node: str,
    sample: ModuleType,
    tmp_path: Path,
    files: dict[str, str],
    path: str,
    language: str,
) -> None:
    made = sample.SampleRepository(tmp_path / "shop")
    made.commit(files, "Start")
    settings = Settings(tasks=TasksSettings(count=4, runs=2), exam=ExamSettings(fixes=0))
    with adopt(str(made.root), Workspace(tmp_path / "workspace"), settings, workers=2) as adopted:
        (test,) = adopted.adoption.plan.test_files
        assert set(adopted.baseline.passing) == {
            f"{test} > total > {name}" for name in ("adds", "stops at the limit", "refuses nothing")
        }
        throw = next(n for n, line in enumerate(files[path].splitlines(), 1) if "throw" in line)
        only = {f"{test} > total > refuses nothing"}
        assert adopted.coverage.tests_of(path, throw, throw) == only
        tasks = tasks_of(prove_tasks(adopted, break_code(adopted)))
        assert len(tasks) == 4 and {task.language for task in tasks} == {language}
        for task in tasks[:2]:
            assert adopted.grader.grade(task, task.fix).solved
            assert not adopted.grader.grade(task, Patch()).solved
        rows = play_cheats(adopted, tasks[:2])
        assert [row.cheat for row in rows if row.scored] == []
