// Changes of a running system's settings.
import { readFileSync, writeFileSync } from 'node:fs';
import { workersOf } from './processes.mjs';
import { until } from './until.mjs';

/** Changes lines of a settings file in place, so that owner and mode stay; returns how to take it back. */
export function setEnv(file, changes) {
  const before = readFileSync(file, 'utf8');
  let text = before;
  for (const [key, value] of Object.entries(changes)) text = `${text.replace(new RegExp(`^${key}=.*\n`, 'gm'), '')}${key}=${value}\n`;
  writeFileSync(file, text);
  return () => writeFileSync(file, before);
}

/** Has a system take changed settings over, and waits until all its workers are new. */
export async function reload(stack, changes = {}) {
  setEnv(stack.envFile, changes);
  const old = workersOf(stack.pid);
  process.kill(stack.pid, 'SIGHUP');
  await until('all workers are new', () => {
    const now = workersOf(stack.pid);
    return now.length > 0 && !now.some((pid) => old.includes(pid));
  });
}
