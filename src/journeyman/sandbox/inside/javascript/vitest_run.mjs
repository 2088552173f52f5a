// Runs Vitest through its own programming interface, with a reporter of ours.
// Test files run in child processes (forks), so that code under test never shares one with it.
import { createRequire } from 'node:module';
import { readCoverage } from './collected.mjs';

const { told, write, identify, inside, place, message } = createRequire(import.meta.url)(
  './channel.cjs',
);
const { startVitest, version } = await import('vitest/node');
const major = Number((version ?? '1').split('.')[0]);

class Reporter {
  onInit(vitest) {
    this.vitest = vitest;
  }

  onFinished(files, errors) {
    this.tell(files, errors ?? []);
  }

  onTestRunEnd(modules, errors) {
    this.tell(modules.map((module) => module.task ?? module), errors ?? []);
  }

  tell(files, errors) {
    if (this.told) return;
    this.told = true;
    for (const file of files) {
      const path = inside(file.filepath);
      if (!file.tasks?.length || file.result?.errors?.length) {
        const error = file.result?.errors?.[0];
        if (error || file.result?.state === 'fail') {
          write({ id: path, outcome: 'error', seconds: 0, message: message(error ?? 'it failed') });
        }
      }
      for (const task of file.tasks ?? []) walk(task, file.filepath, []);
    }
    for (const error of errors) {
      write({ id: identify('unhandled', [message(error)]), outcome: 'error', seconds: 0,
        message: message(error) });
    }
  }
}

function walk(task, file, titles) {
  const names = [...titles, task.name];
  if (task.type === 'suite') {
    for (const inner of task.tasks) walk(inner, file, names);
    return;
  }
  const state = task.result?.state;
  const outcome = { pass: 'passed', fail: 'failed' }[state] ?? 'skipped';
  const entry = { id: identify(file, names), outcome, seconds: (task.result?.duration ?? 0) / 1000 };
  if (outcome === 'failed') {
    const error = task.result.errors?.[0];
    Object.assign(entry, place(error?.stackStr ?? error?.stack, inside(file)));
    Object.assign(entry, located(error, entry));
    entry.message = message(error);
  }
  write(entry);
}

/** Vitest maps stacks back to the sources itself, in `stacks`. */
function located(error, entry) {
  const stacks = (error?.stacks ?? []).map(({ file, line }) => ({ path: inside(file), line }));
  const own = stacks.filter(({ path }) => !path.startsWith('/') && !path.includes('node_modules/'));
  return own.length ? own[0] : entry;
}

const reporter = new Reporter();
const forks = { singleFork: true, isolate: true };
const options = {
  run: true,
  watch: false,
  ui: false,
  open: false,
  reporters: [reporter],
  coverage: { enabled: false },
  typecheck: { enabled: false },
  benchmark: undefined,
  cache: false,
  pool: 'forks',
  fileParallelism: false,
  update: false,
  passWithNoTests: true,
  ...(major < 4 ? { poolOptions: { forks } } : { maxWorkers: 1 }),
};
delete options.benchmark;
const overrides = {
  configFile: undefined,
  cacheDir: '/tmp/vite',
  test: told.coverage ? { setupFiles: ['/env/journeyman/vitest_trace.mjs'] } : {},
};
delete overrides.configFile;
const filters = told.files.map((file) => `${told.root}/${file}`);
let vitest;
try {
  vitest = await startVitest('test', filters, options, overrides);
} catch (error) {
  console.error(error);
  process.exit(1);
}
if (!reporter.told && vitest) reporter.tell(vitest.state.getFiles(), []);
write({ end: 0, canaries: {}, ...(told.coverage ? { coverage: readCoverage(told) } : {}) });
await vitest?.close();
process.exit(0);
