// The reporter's end of the relay's socket: what to do comes in, entries go out.
// Taken out of the environment at once, so that test processes are not told where it is.
'use strict';
const fs = require('node:fs');

const descriptor = Number(process.env.JOURNEYMAN_CHANNEL);
delete process.env.JOURNEYMAN_CHANNEL;

function exactly(count) {
  const buffer = Buffer.alloc(count);
  let done = 0;
  while (done < count) {
    const read = fs.readSync(descriptor, buffer, done, count - done, null);
    if (read === 0) throw new Error('the relay closed its channel');
    done += read;
  }
  return buffer;
}

const { nonce, ...told } = JSON.parse(exactly(exactly(4).readUInt32BE(0)).toString('utf8'));
const seen = new Map();
const writeSync = fs.writeSync;
const ROOT = told.root + '/';

function write(entry) {
  const data = Buffer.from(JSON.stringify({ nonce, ...entry }) + '\n');
  let done = 0;
  while (done < data.length) {
    try {
      done += writeSync(descriptor, data, done, data.length - done);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

/** Path in the repository, or the path as it is. */
function inside(path) {
  let plain = String(path);
  if (plain.startsWith('file://')) plain = decodeURI(plain.slice(7));
  return plain.startsWith(ROOT) ? plain.slice(ROOT.length) : plain;
}

/** A test's id: its file and its titles; one that is told again gets a number. */
function identify(file, titles) {
  const id = [inside(file), ...titles.map((title) => title.replace(/\s+/g, ' ').trim())].join(' > ');
  const times = (seen.get(id) || 0) + 1;
  seen.set(id, times);
  return times === 1 ? id : `${id} #${times}`;
}

/** Where in the repository an error was raised: the innermost frame that is neither a package's
 *  nor the test file's, else the innermost in the tree. */
function place(stack, testFile) {
  const frames = [];
  for (const line of String(stack || '').split('\n')) {
    const match = /(?:\(|at |^|\s)((?:file:\/\/)?\/[^\s()]*?):(\d+)(?::\d+)?\)?\s*$/.exec(line);
    if (!match) continue;
    const path = inside(match[1]);
    if (!path.startsWith('/') && !path.includes('node_modules/')) {
      frames.push({ path, line: Number(match[2]) });
    }
  }
  return frames.find((frame) => frame.path !== testFile) || frames[0] || { path: '', line: 0 };
}

/** An error as a message of at most 600 characters, without colours. */
function message(error) {
  let text = '';
  try {
    const name = error && error.name && error.name !== 'Error' ? error.name : 'Error';
    text = error && error.message !== undefined ? String(error.message) : String(error);
    if (!text.startsWith(name)) text = `${name}: ${text}`;
  } catch {
    text = 'an error whose text cannot be had';
  }
  return text.replace(/\x1b\[[0-9;]*m/g, '').trim().slice(0, 600);
}

module.exports = { told, write, identify, inside, place, message };
