// A set-up file of every test file when coverage is wanted: reads the counters of Istanbul's
// instrumented code after each test. Their positions are those of the sources.
'use strict';
const fs = require('node:fs');
const { SourceMap } = require('node:module');

const folder = process.env.JOURNEYMAN_TRACES;
const root = process.env.JOURNEYMAN_ROOT + '/';
const counters = () => globalThis.__coverage__ ?? {};
const before = {};
const segments = [];
const seen = new Map();

function take(test) {
  const taken = {};
  for (const [path, one] of Object.entries(counters())) {
    if (!path.startsWith(root)) continue;
    const old = (before[path] ??= {});
    const run = Object.keys(one.s).filter((id) => one.s[id] > (old[id] ?? 0));
    before[path] = { ...one.s };
    if (run.length) taken[path] = run;
  }
  segments.push([test, taken]);
}

/** Each statement's lines: those it begins on, and those that no smaller statement holds. */
function lines(one) {
  const map = one.inputSourceMap ? new SourceMap(one.inputSourceMap) : null;
  const back = ({ line, column }) => {
    const entry = map?.findEntry(line - 1, Math.max(0, column ?? 0));
    return entry?.originalLine === undefined ? line : entry.originalLine + 1;
  };
  const owner = new Map();
  const found = {};
  const spans = Object.entries(one.statementMap).map(([id, { start, end }]) => {
    const first = back(start);
    return { id, first, last: Math.max(first, back(end)) };
  });
  spans.sort((a, b) => b.last - b.first - (a.last - a.first));
  for (const { id, first, last } of spans) {
    found[id] = new Set([first]);
    for (let line = first; line <= last; line++) owner.set(line, id);
  }
  for (const [line, id] of owner) found[id].add(line);
  return Object.fromEntries(Object.entries(found).map(([id, own]) => [id, [...own]]));
}

afterEach(() => {
  const { testPath, currentTestName } = expect.getState();
  const file = testPath.startsWith(root) ? testPath.slice(root.length) : testPath;
  const id = `${file} > ${(currentTestName ?? '').replace(/\s+/g, ' ').trim()}`;
  const times = (seen.get(id) ?? 0) + 1;
  seen.set(id, times);
  take(times === 1 ? id : `${id} #${times}`);
});

afterAll(() => {
  take('');
  const statements = {};
  for (const [path, one] of Object.entries(counters())) {
    if (path.startsWith(root)) statements[path] = lines(one);
  }
  fs.mkdirSync(folder, { recursive: true });
  const name = `${folder}/${process.pid}-${Date.now()}-${Math.random()}.json`;
  fs.writeFileSync(name, JSON.stringify({ statements, segments }));
});
