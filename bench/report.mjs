// The result: medians and ratios as a table and as JSON, in the build's folder.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { buildDir } from '../tests/api/lib/stack.mjs';
import { median, table } from './cost.mjs';
import { toHtml } from './page.mjs';
import { options, settings } from './options.mjs';
import { checkNumbers } from './rows.mjs';

function medians(rounds) {
  const of = (get) => median(rounds.map(get));
  return {
    rate: of((r) => r.rate),
    p50_ms: of((r) => r.p50),
    p99_ms: of((r) => r.p99),
    cpu_us: Object.fromEntries(Object.keys(rounds[0].cpu).map((name) => [name, of((r) => r.cpu[name])])),
  };
}

// The ratio is the median of the rounds' ratios: both halves of a round saw
// the same machine.
function summarize({ name, goal, kind, rounds }) {
  return {
    name, goal, kind,
    ratio: rounds[0].limit && median(rounds.map((r) => r.product.rate / r.limit.rate)),
    product: medians(rounds.map((r) => r.product)),
    limit: rounds[0].limit && medians(rounds.map((r) => r.limit)),
    rounds,
  };
}

/** What a program writes. */
export const run = (program, ...args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/** What it was measured on and of. */
export function machine({ stack }) {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memory_mib: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    postgresql: stack.sqlValue('SHOW server_version'),
    nginx: run('sh', '-c', 'nginx -v 2>&1').replace('nginx version: ', ''),
    orderzap: run(join(buildDir, 'orderzapd'), '--version').split('\n')[0],
  };
}

const whole = (n) => Math.round(n).toString();

function toText(result) {
  const two = (side) => `${side.p50_ms.toFixed(1)} / ${side.p99_ms.toFixed(1)}`;
  const split = ({ cpu_us: cpu }) => [cpu.postgres, cpu.orderzapd, cpu.nginx, cpu.load].map(whole);
  const { machine: m, options: o } = result;
  return [
    ...table(['', 'product/s', 'limit/s', 'ratio', 'goal', 'p50 / p99 ms', 'limit'],
      result.measurements.map((r) => [r.name, whole(r.product.rate), r.limit ? whole(r.limit.rate) : '-', r.ratio?.toFixed(2) ?? '-', r.goal,
        two(r.product), r.limit ? two(r.limit) : '-'])),
    '',
    ...table(['CPU, us a request', 'postgres', 'orderzapd', 'nginx', 'load'],
      result.measurements.flatMap((r) => [[r.name, ...split(r.product)], ...(r.limit ? [['  its limit', ...split(r.limit)]] : [])])),
    '',
    `A worker's own memory: ${result.worker_memory_kib.median} KiB, at most ${result.worker_memory_kib.max}.`,
    `Medians of ${o.rounds} rounds of ${o.seconds} s, product and limit in turn; no request failed. Only ratios mean`,
    'something on another day. Orders: three lines, three customizations, a key each, over 400 tables of',
    '100 restaurants; or over 12 tables of one. Limits: pgbench with the product\'s statements in one round',
    'trip, and nginx with the same bytes from a file. The load generator shares the machine.',
    `Rows an order: ${Object.entries(result.rows_per_order).map(([t, n]) => `${t} ${n}`).join(', ')}.`,
    `Statements an order: ${result.statements.join(' ')}.`,
    `${m.processor}, ${m.cores} cores, ${m.memory_mib} MiB; Linux ${m.kernel}, PostgreSQL ${m.postgresql}, ${m.nginx}, ${m.orderzap}.`,
    `${result.made_at}, by: ${result.command}`,
    '',
  ].join('\n');
}

/** Prints the result and writes bench-result.txt, bench-result.json and bench/report.html. */
export function writeReport(bench, measured, memory) {
  checkNumbers(bench.stack);
  const result = {
    made_at: new Date().toISOString(),
    command: ['bench/run', ...process.argv.slice(2)].join(' '),
    options: { rounds: options.rounds, seconds: options.seconds },
    settings,
    machine: machine(bench),
    units: 'rate: requests a second; p50_ms, p99_ms: milliseconds; cpu_us: microseconds of CPU a request',
    rows_per_order: bench.limit.rows,
    statements: bench.limit.statements,
    worker_memory_kib: { median: median(memory), max: memory.at(-1) },
    measurements: measured.map(summarize),
  };
  const text = toText(result), path = join(buildDir, 'bench-result');
  writeFileSync(`${path}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${path}.txt`, text);
  mkdirSync(join(buildDir, 'bench'), { recursive: true });
  writeFileSync(join(buildDir, 'bench/report.html'), toHtml(result, text));
  console.log(`\n${text}\nWritten to ${path}.txt and .json, with plots to bench/report.html`);
}
