// The load generator that runs: wrk or pgbench, one at a time.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('wrk.lua', import.meta.url));
let current;

export const threads = (connections) => Math.min(connections, availableParallelism(), 16);

/** Ends what runs, when the bench is interrupted. */
export const stopLoad = () => current?.kill('SIGKILL');

/** Runs a program to its end; returns what it wrote. */
export async function runLoad(program, args, env) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  current = child;
  let out = '', errors = '';
  child.stdout.on('data', (data) => { out += data; });
  child.stderr.on('data', (data) => { errors += data; });
  const status = await new Promise((done, fail) => child.once('error', fail).once('close', done));
  current = undefined;
  if (status !== 0) throw new Error(`${program} failed (${status}): ${errors || out}`);
  return out;
}

/** wrk with our script; throws if any request went wrong. Times in ms. */
export async function runWrk(url, connections, seconds, env = {}, headers = {}) {
  const out = await runLoad('wrk', [
    '-t', String(threads(connections)), '-c', String(connections), '-d', `${seconds}s`, '--timeout', '10s', '-s', script,
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]), url], env);
  const result = JSON.parse(out.trimEnd().split('\n').at(-1));
  const errors = Object.entries(result.errors).filter(([, n]) => n > 0);
  if (errors.length > 0) throw new Error(`of ${result.requests} requests went wrong: ${errors.map((e) => e.join(' ')).join(', ')}`);
  return { ...result, rate: result.requests / result.seconds };
}
