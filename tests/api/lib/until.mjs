// Waiting for something that comes by itself.
import { setTimeout as sleep } from 'node:timers/promises';

/** How many times as long as a machine with nothing else to do this one may take. */
export const patience = Number(process.env.ORDERZAP_PATIENCE ?? 1);

/** Calls check() until it gives something, and returns that; fails after `ms` milliseconds, or what patience makes of them. */
export async function until(what, check, ms = 20000) {
  const deadline = Date.now() + ms * patience;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not in ${ms * patience} ms: ${what}`);
    await sleep(20);
  }
}
