// What the processes of one system used, by part. The load generator is not counted.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { microseconds, readCpu } from './usage.mjs';

const pidIn = (file) => Number(readFileSync(file, 'utf8').split('\n')[0]);

/** {part: its root process}. */
export function partsOf(stack) {
  const rt = /^RT_DIR=(.*)$/m.exec(readFileSync(stack.envFile, 'utf8'))[1];
  return {
    postgres: pidIn(join(stack.dir, 'postgresql/data/postmaster.pid')),
    orderzapd: stack.pid,
    nginx: pidIn(join(stack.dir, 'nginx/nginx.pid')),
    rt: pidIn(join(rt, 'nginx.pid')),
  };
}

/** Runs something: [its result, {part: microseconds of CPU meanwhile}]. */
export async function whatItCosts(parts, run) {
  const before = readCpu(parts), result = await run(), after = readCpu(parts);
  return [result, Object.fromEntries(Object.keys(parts).map((part) => [part, microseconds(after[part] - before[part])]))];
}

export const sumOf = (cpu) => Object.values(cpu).reduce((sum, us) => sum + us, 0);

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Lines of a table: the first column to the left, the others to the right. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String)), widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  return all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ').trimEnd());
}
