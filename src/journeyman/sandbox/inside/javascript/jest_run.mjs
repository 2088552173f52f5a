// Runs Jest through its own programming interface, with a reporter of ours in this process.
// `workerIdleMemoryLimit` makes Jest run test files in child processes, even a single one.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const { told } = require('./channel.cjs');
const jest = require('jest');
process.env.NODE_ENV ??= 'test';
process.chdir(told.root);

const argv = {
  $0: 'jest',
  _: told.files.map((file) => escaped(path.join(told.root, file))),
  ci: true,
  watch: false,
  watchAll: false,
  watchman: false,
  passWithNoTests: true,
  maxWorkers: 1,
  workerIdleMemoryLimit: '8GB',
  collectCoverage: told.coverage,
  coverage: told.coverage,
  coverageProvider: 'babel',
  coverageReporters: ['none'],
  coverageThreshold: '{}',
  reporters: [require.resolve('./jest_reporter.cjs')],
  notify: false,
  bail: 0,
  cacheDirectory: told.cache,
  testPathIgnorePatterns: told.left_out.length
    ? ['/node_modules/', ...told.left_out.map((file) => escaped(path.join(told.root, file)))]
    : undefined,
};
for (const key of Object.keys(argv)) if (argv[key] === undefined) delete argv[key];
if (told.coverage) argv.setupFilesAfterEnv = await setup();
const runCLI = jest.runCLI ?? jest.default?.runCLI;
await runCLI(argv, [told.root]);
require('./jest_reporter.cjs').finish();
process.exit(0);

function escaped(text) {
  return `^${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`;
}

/** The repository's own set-up files, which an option would replace, and ours. */
async function setup() {
  const found = createRequire(require.resolve('jest'));
  let own = [];
  try {
    const { readInitialOptions } = createRequire(found.resolve('@jest/core'))('jest-config');
    const { config } = await readInitialOptions(undefined, {});
    own = config.setupFilesAfterEnv ?? [];
  } catch {
    own = [];
  }
  return [...own.map((file) => file.replace('<rootDir>', told.root)),
    require.resolve('./jest_trace.cjs')];
}
