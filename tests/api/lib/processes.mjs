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

/** The process ids of a master's workers; none if it is gone. */
export function workersOf(master) {
  try {
    return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)
      .filter((pid) => !isGone(pid));
  } catch {
    return [];
  }
}
