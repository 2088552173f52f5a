"""A small JavaScript repository without dependencies, adopted once, and its proven tasks."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from journeyman.settings import ExamSettings, Settings, TasksSettings
from journeyman.workspace import Workspace

if TYPE_CHECKING:
    from journeyman.pipeline.adopted import Adopted
    from journeyman.records import Task

BASKET = """\
'use strict';

class Basket {
  constructor(limit = 10) {
    this.limit = limit;
    this.items = [];
  }

  add(name, price, count = 1) {
    if (count <= 0) {
      throw new RangeError('nothing to add');
    }
    if (this.items.length >= this.limit) return false;
    this.items.push({ name, price, count });
    return true;
  }

  total(percent) {
    let sum = 0;
    for (const { price, count } of this.items) {
      sum += price * count;
    }
    if (!percent) return sum;
    return Math.max(0, sum - Math.floor((sum * percent) / 100));
  }

  names() {
    return [...this.items].map((item) => item.name).sort();
  }
}

module.exports = { Basket };
"""
WORDS = """\
/** Return `text` in small letters with single dashes. */
export function slug(text) {
  const kept = [];
  for (const letter of text.toLowerCase()) {
    if (/[a-z0-9]/.test(letter)) {
      kept.push(letter);
    } else if (kept.length > 0 && kept[kept.length - 1] !== '-') {
      kept.push('-');
    }
  }
  const joined = kept.join('');
  return joined.endsWith('-') ? joined.slice(0, joined.length - 1) : joined;
}

export const shorten = (text, width) => {
  if (text.length <= width) {
    return text;
  }
  return `${text.slice(0, width - 1)}…`;
};

export async function spoken(load, fallback) {
  const found = await load();
  return found?.text ?? fallback;
}
"""
TEST_BASKET = """\
const { describe, it } = require('node:test');
const assert = require('node:assert');
const { Basket } = require('../lib/basket.js');

describe('Basket', () => {
  it('adds', () => {
    const basket = new Basket();
    assert.strictEqual(basket.add('fig', 30, 2), true);
    assert.strictEqual(basket.total(), 60);
  });
  it('takes a discount', () => {
    const basket = new Basket();
    basket.add('fig', 30, 3);
    assert.strictEqual(basket.total(50), 45);
    assert.strictEqual(basket.total(33), 61);
  });
  it('refuses nothing', () => {
    assert.throws(() => new Basket().add('fig', 1, 0), RangeError);
  });
  it('is full', () => {
    const basket = new Basket(1);
    assert.ok(basket.add('fig', 1));
    assert.strictEqual(basket.add('pear', 1), false);
  });
  it('names', () => {
    const basket = new Basket();
    for (const name of ['pear', 'fig']) basket.add(name, 1);
    assert.deepStrictEqual(basket.names(), ['fig', 'pear']);
    assert.deepStrictEqual(basket.items.map((item) => item.name), ['pear', 'fig']);
  });
  it('is skipped', { skip: true }, () => {});
});
"""
TEST_WORDS = """\
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { shorten, slug, spoken } from '../lib/words.mjs';

test('slug', async (t) => {
  await t.test('dashes', () => assert.equal(slug('A  big -- Fig!'), 'a-big-fig'));
  await t.test('dashes', () => assert.equal(slug('- x -'), 'x'));
});
test('shorten', () => {
  assert.equal(shorten('fig', 3), 'fig');
  assert.equal(shorten('figs', 3), 'fi…');
});
test('spoken', async () => {
  assert.equal(await spoken(async () => ({ text: 'a' }), 'b'), 'a');
  assert.equal(await spoken(async () => undefined, 'b'), 'b');
});
test('always fails', () => assert.fail('on purpose'));
"""
FILES = {
    "package.json": '{"name": "shop", "scripts": {"test": "node --test"}}\n',
    "lib/basket.js": BASKET,
    "lib/words.mjs": WORDS,
    "test/basket.test.js": TEST_BASKET,
    "test/words.test.mjs": TEST_WORDS,
    "test/helper.js": "module.exports = 1;\n",
}
ROUGH = WORDS.replace("text.length <= width", "text.length < width")
TEST_ROUGH = TEST_WORDS.replace("  assert.equal(shorten('fig', 3), 'fig');\n", "")


@pytest.fixture(scope="session")
def node() -> str:
    """Skip what needs Node where there is none, and say so."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("there is no node on this machine")
    return found


@pytest.fixture(scope="session")
def shop(sample: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository: a start, and one fix with its test."""
    made = sample.SampleRepository(tmp_path_factory.mktemp("javascript") / "shop")
    made.commit({**FILES, "lib/words.mjs": ROUGH, "test/words.test.mjs": TEST_ROUGH}, "Start")
    fixed = {"lib/words.mjs": WORDS, "test/words.test.mjs": TEST_WORDS}
    made.commit(fixed, "Fix texts that just fit")
    return Path(made.root)


@pytest.fixture(scope="session")
def javascript(
    sandboxed: None, node: str, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Adopted]:
    """The repository, adopted and open."""
    from journeyman.pipeline.adopt import adopt

    settings = Settings(
        tasks=TasksSettings(count=12, runs=2), exam=ExamSettings(fixes=1, resamples=100)
    )
    workspace = Workspace(tmp_path_factory.mktemp("workspace") / ".journeyman")
    with adopt(str(shop), workspace, settings, workers=2) as opened:
        yield opened


@pytest.fixture(scope="session")
def javascript_tasks(javascript: Adopted) -> list[Task]:
    from journeyman.pipeline.make_tasks import break_code, prove_tasks, tasks_of

    return tasks_of(javascript, prove_tasks(javascript, break_code(javascript)))
