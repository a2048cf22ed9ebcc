// Waits for something that happens by itself.
import { setTimeout as sleep } from 'node:timers/promises';

/** How many times longer than an idle machine this one may take. */
export const patience = Number(process.env.ORDERZAP_PATIENCE ?? 1);

/** Calls check() until it returns something, and returns that; fails after `ms` milliseconds times the patience. */
export async function until(what, check, ms = 20000) {
  const deadline = Date.now() + ms * patience;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not in ${ms * patience} ms: ${what}`);
    await sleep(20);
  }
}
