// A setup file of every test file when coverage is wanted.
import { createRequire } from 'node:module';
import { afterAll, afterEach } from 'vitest';

const root = process.env.JOURNEYMAN_ROOT;
const trace = createRequire(import.meta.url)('./trace.cjs').start(
  process.env.JOURNEYMAN_TRACES,
  root,
);
const seen = new Map();

afterEach((context) => {
  const task = context.task ?? context.meta;
  const titles = [];
  for (let one = task; one && one.type !== undefined && one !== task.file; one = one.suite) {
    titles.unshift(one.name.replace(/\s+/g, ' ').trim());
  }
  const path = task.file.filepath ?? task.file.name;
  const file = path.startsWith(root + '/') ? path.slice(root.length + 1) : path;
  const id = [file, ...titles.filter(Boolean)].join(' > ');
  const times = (seen.get(id) ?? 0) + 1;
  seen.set(id, times);
  trace.take(times === 1 ? id : `${id} #${times}`);
});

afterAll(() => trace.finish());
