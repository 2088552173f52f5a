// From what `trace.cjs` left to lines of the sources by test.
import fs from 'node:fs';
import { SourceMap } from 'node:module';
import path from 'node:path';

/** Return {tests: [...], files: {path: {line: [index of a test, ...]}}}. */
export function readCoverage({ traces, root }) {
  const tests = new Map();
  const files = {};
  if (!fs.existsSync(traces)) return { tests: [], files };
  for (const name of fs.readdirSync(traces)) {
    const { scripts, segments } = JSON.parse(fs.readFileSync(`${traces}/${name}`, 'utf8'));
    // What ran outside of tests (loading the modules, hooks) served all tests of that process.
    const all = segments.map(([test]) => test).filter((test) => test);
    const views = new Map();
    for (const [test, taken] of segments) {
      const indices = (test ? [test] : all).map((one) => {
        if (!tests.has(one)) tests.set(one, tests.size);
        return tests.get(one);
      });
      for (const [id, run] of Object.entries(taken)) {
        if (!views.has(id)) views.set(id, view(scripts[id], root));
        for (const [file, line] of views.get(id).lines(run)) {
          const hits = ((files[file] ??= {})[line] ??= new Set());
          for (const index of indices) hits.add(index);
        }
      }
    }
  }
  for (const lines of Object.values(files)) {
    for (const line of Object.keys(lines)) lines[line] = [...lines[line]].sort((a, b) => a - b);
  }
  return { tests: [...tests.keys()], files };
}

function view({ url, source, ranges }, root) {
  const starts = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
  // A line belongs to the innermost function that its first character of code lies in.
  const inner = [...ranges].sort((a, b) => a[1] - a[0] - (b[1] - b[0]));
  const begins = starts.map((start, n) => {
    const text = source.slice(start, starts[n + 1] ?? source.length);
    const blank = text.length - text.trimStart().length;
    return blank === text.length ? -1 : start + blank;
  });
  const ends = starts.map((start, n) => (starts[n + 1] ?? source.length + 1) - 1);
  const owner = begins.map((at, n) => own(inner, at, ends[n]));
  const map = sourceMap(source);
  const file = path.relative(root, url.split('?')[0]);

  function* lines(run) {
    for (const [whole, ...blocks] of run) {
      const key = `${whole[0]}-${whole[1]}`;
      for (let n = lineOf(starts, whole[0]); n < starts.length && starts[n] < whole[1]; n++) {
        if (begins[n] < 0 || !owner[n].has(key)) continue;
        const at = Math.max(begins[n], whole[0]);
        const block = blocks.filter((b) => b[0] <= at && at < b[1]).pop();
        if (block && !block[2]) continue;
        yield* original(n, at);
      }
    }
  }

  function* original(n, at) {
    if (!map) {
      yield [file, n + 1];
      return;
    }
    const found = new Set();
    for (let column = at - starts[n]; column <= ends[n] - starts[n]; column += 4) {
      const entry = map.findEntry(n, column);
      if (entry.originalLine !== undefined) found.add(entry.originalLine + 1);
    }
    for (const line of found) yield [file, line];
  }
  return { lines };
}

/** Functions whose code begins on a line or holds its first character: the innermost of each. */
function own(inner, at, end) {
  const found = new Set();
  if (at < 0) return found;
  const holding = inner.find(([from, to]) => from <= at && at < to);
  if (holding) found.add(`${holding[0]}-${holding[1]}`);
  for (const [from, to] of inner) if (at < from && from <= end) found.add(`${from}-${to}`);
  return found;
}

function lineOf(starts, offset) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function sourceMap(source) {
  const found = source.lastIndexOf('sourceMappingURL=data:application/json');
  if (found < 0) return null;
  const comma = source.indexOf(',', found);
  try {
    const text = Buffer.from(source.slice(comma + 1).split(/\s/)[0], 'base64').toString('utf8');
    return new SourceMap(JSON.parse(text));
  } catch {
    return null;
  }
}
