// Waiting for something that comes by itself.
import { setTimeout as sleep } from 'node:timers/promises';

/** Calls check() until it gives something, and returns that; fails after `ms` milliseconds. */
export async function until(what, check, ms = 15000) {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not in ${ms} ms: ${what}`);
    await sleep(20);
  }
}
