// Keeps the system that the files of a run share: from the first of them until
// shared.test.mjs ends it, or until the run ends, for whatever reason.
//   share.mjs RUN    RUN: the process id of the run's make
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folderOf, prepareSharing } from './shared.mjs';
import { startStack } from './stack.mjs';

const run = process.argv[2], folder = folderOf(run);

/** When that process began, which distinguishes it from a later one with its number; undefined if it is gone. */
function beginOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[19];
  } catch {
    return undefined;
  }
}

function write(name, text) {
  writeFileSync(join(folder, `${name}.new`), text);
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

const began = beginOf(run);
let found = '';
try {
  const stack = await startStack();
  try {
    prepareSharing(stack);
    const { dir, port, pid, database_url, restaurants } = stack;
    write('system.json', JSON.stringify({ dir, port, pid, database_url, restaurants }));
    while (beginOf(run) === began && !existsSync(join(folder, 'stop'))) await sleep(100);
  } finally {
    await stack.stop();
  }
} catch (error) {
  found = error.stack;
  console.error(found);
}
if (beginOf(run) === began) write('end.txt', found);
else rmSync(folder, { recursive: true, force: true });
