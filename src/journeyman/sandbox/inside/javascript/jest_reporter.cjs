// Jest's reporter of ours: tells results test by test, and which lines each went through.
'use strict';
const fs = require('node:fs');
const { told, write, identify, inside, place, message } = require('./channel.cjs');

/** What a test is called inside (its titles joined by spaces) to its id. */
const known = new Map();
const times = new Map();

class Reporter {
  onTestResult(test, result) {
    const file = inside(test.path);
    if (result.testExecError || (result.failureMessage && !result.testResults.length)) {
      const error = result.testExecError ?? { message: result.failureMessage };
      write({ id: file, outcome: 'error', seconds: 0, message: message(error) });
    }
    for (const one of result.testResults) {
      const outcome = { passed: 'passed', failed: 'failed' }[one.status] ?? 'skipped';
      const titles = [...one.ancestorTitles, one.title];
      const entry = { id: identify(test.path, titles), outcome, seconds: (one.duration ?? 0) / 1000 };
      remember(`${file} > ${titles.join(' ').replace(/\s+/g, ' ').trim()}`, entry.id);
      if (outcome === 'failed') {
        const text = String(one.failureMessages?.[0] ?? '');
        Object.assign(entry, place(text, file));
        entry.message = message({ message: text.split(/\n\s+at /)[0] });
      }
      write(entry);
    }
  }
}

function remember(name, id) {
  const count = (times.get(name) ?? 0) + 1;
  times.set(name, count);
  known.set(count === 1 ? name : `${name} #${count}`, id);
}

/** Lines by test, from the counters that `jest_trace.cjs` wrote after each. */
function readCoverage() {
  const tests = new Map();
  const files = {};
  if (!fs.existsSync(told.traces)) return { tests: [], files };
  for (const name of fs.readdirSync(told.traces)) {
    const { statements, segments } = JSON.parse(fs.readFileSync(`${told.traces}/${name}`, 'utf8'));
    const all = segments.map(([test]) => test).filter(Boolean);
    for (const [test, taken] of segments) {
      for (const name of test ? [test] : all) {
        const one = known.get(name) ?? name;
        if (!tests.has(one)) tests.set(one, tests.size);
        const index = tests.get(one);
        for (const [path, ids] of Object.entries(taken)) {
          const lines = (files[inside(path)] ??= {});
          for (const id of ids) {
            for (const line of statements[path][id] ?? []) (lines[line] ??= new Set()).add(index);
          }
        }
      }
    }
  }
  for (const lines of Object.values(files)) {
    for (const line of Object.keys(lines)) lines[line] = [...lines[line]].sort((a, b) => a - b);
  }
  return { tests: [...tests.keys()], files };
}

Reporter.finish = () => {
  write({ end: 0, canaries: {}, ...(told.coverage ? { coverage: readCoverage() } : {}) });
};

module.exports = Reporter;
