// Loaded before each test file of `node --test` when coverage is wanted.
import { createRequire } from 'node:module';
import { afterEach } from 'node:test';

const require = createRequire(import.meta.url);
const main = process.argv[1] ?? '';
if (process.env.NODE_TEST_CONTEXT && process.env.JOURNEYMAN_TRACES) {
  const root = process.env.JOURNEYMAN_ROOT;
  const trace = require('./trace.cjs').start(process.env.JOURNEYMAN_TRACES, root);
  const file = main.startsWith(root + '/') ? main.slice(root.length + 1) : main;
  const seen = new Map();
  afterEach((context) => {
    const titles = (context.fullName ?? context.name).replace(/\s+/g, ' ').trim();
    const id = `${file} > ${titles}`;
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    trace.take(times === 1 ? id : `${id} #${times}`);
  });
  process.on('exit', () => trace.finish());
}
