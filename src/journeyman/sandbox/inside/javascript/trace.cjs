// Which test went through which lines: V8's own counters, read and reset after every test.
// Positions are those of the code that V8 runs; `collected.mjs` maps them back to the sources.
'use strict';
const fs = require('node:fs');
const inspector = require('node:inspector');

function start(folder, root) {
  const session = new inspector.Session();
  session.connect();
  const ask = (method, parameters) => {
    let answer;
    session.post(method, parameters, (error, result) => {
      if (error) throw new Error(error.message);
      answer = result;
    });
    return answer;
  };
  ask('Profiler.enable');
  ask('Debugger.enable');
  ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const functions = new Map();
  const segments = [];

  /** Close the segment of one test; '' is what ran outside of tests. */
  function take(test) {
    const taken = {};
    for (const script of ask('Profiler.takePreciseCoverage').result) {
      const url = script.url.startsWith('file://') ? decodeURI(script.url.slice(7)) : script.url;
      if (!url.startsWith(root + '/') || url.includes('/node_modules/')) continue;
      let known = functions.get(script.scriptId);
      if (!known) functions.set(script.scriptId, (known = { url, ranges: new Map() }));
      const run = [];
      for (const one of script.functions) {
        const [whole] = one.ranges;
        known.ranges.set(`${whole.startOffset}-${whole.endOffset}`, [whole.startOffset, whole.endOffset]);
        if (whole.count > 0) run.push(one.ranges.map((r) => [r.startOffset, r.endOffset, r.count > 0]));
      }
      if (run.length) taken[script.scriptId] = run;
    }
    segments.push([test, taken]);
  }

  function finish() {
    take('');
    const scripts = {};
    for (const [id, known] of functions) {
      const { scriptSource } = ask('Debugger.getScriptSource', { scriptId: id });
      scripts[id] = { url: known.url, source: scriptSource, ranges: [...known.ranges.values()] };
    }
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${folder}/${process.pid}-${Date.now()}-${Math.random()}.json`,
      JSON.stringify({ scripts, segments }));
  }
  return { take, finish };
}

module.exports = { start };
