// The system's processes, as /proc shows them.
import { readFileSync } from 'node:fs';

/** Dead, or dead but for its parent's wait(). */
export function isGone(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0] === 'Z';
  } catch {
    return true;
  }
}

const nameOf = (pid) => readFileSync(`/proc/${pid}/comm`, 'utf8').trim();

/** The process ids of a master's children; none if it is gone. */
export function childrenOf(master) {
  try {
    return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
      .filter((pid) => !isGone(pid));
  } catch {
    return [];
  }
}

const named = (master, fits) => childrenOf(master).filter((pid) => {
  try {
    return fits(nameOf(pid));
  } catch {
    return false; // it ended
  }
});

/** The process ids of a master's workers. */
export const workersOf = (master) => named(master, (name) => name !== 'orderzap-relay');

/** That of its relay; undefined while there is none. */
export const relayOf = (master) => named(master, (name) => name === 'orderzap-relay')[0];

/** The memory of a process that it shares with no other, in KiB. */
export const ownMemory = (pid) => [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_(?:Clean|Dirty): +(\d+) kB$/gm)]
  .reduce((sum, [, kib]) => sum + Number(kib), 0);
