// Reporter of `node --test`. It runs in the runner's own process; each test file has another one.
import { createRequire } from 'node:module';
import { readCoverage } from './collected.mjs';

const { told, write, identify, inside, place, message } = createRequire(import.meta.url)(
  './channel.cjs',
);

export default async function* report(source) {
  const titles = [];
  for await (const { type, data } of source) {
    const isFile = data?.nesting === 0 && data.file && data.name === data.file;
    if (type === 'test:start' && !isFile) {
      titles.length = data.nesting;
      titles[data.nesting] = data.name;
    } else if (type === 'test:pass' || type === 'test:fail') {
      tell(type, data, titles, isFile);
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    }
  }
  write({ end: 0, canaries: {}, ...(told.coverage ? { coverage: readCoverage(told) } : {}) });
}

function tell(type, data, titles, isFile) {
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  if (isFile) {
    // A file is told as a test of its own only where it could not be run to its end.
    if (type === 'test:fail' && error?.failureType !== 'subtestsFailed') {
      write({ id: inside(data.file), outcome: 'error', seconds: 0, message: lastWords(cause) });
    }
    return;
  }
  titles.length = data.nesting + 1;
  titles[data.nesting] = data.name;
  if (data.details?.type === 'suite' && error?.failureType !== 'hookFailed') return;
  const entry = {
    id: identify(data.file ?? '', titles),
    outcome: type === 'test:pass' ? 'passed' : 'failed',
    seconds: (data.details?.duration_ms ?? 0) / 1000,
  };
  if (data.skip !== undefined || data.todo !== undefined) entry.outcome = 'skipped';
  if (entry.outcome === 'failed') {
    Object.assign(entry, place(cause?.stack ?? error?.stack, inside(data.file ?? '')));
    entry.message = message(cause);
  }
  write(entry);
}

function lastWords(error) {
  return message(error) || 'the file could not be run to its end';
}
