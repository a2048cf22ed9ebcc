// What the processes used: CPU by group, and the workers' own memory. /proc.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownMemory, workersOf } from '../tests/api/lib/processes.mjs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

// A process may end while it is read: then it is left out.
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const [user, system, childrenUser, childrenSystem] = rest.slice(9, 13);
    return { pid, parent, own: user + system, ended: childrenUser + childrenSystem };
  } catch {
    return undefined;
  }
}

function readAll() {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => readStat(Number(name))).filter(Boolean);
  const children = new Map();
  for (const p of all) children.set(p.parent, [...(children.get(p.parent) ?? []), p]);
  return { byPid: new Map(all.map((p) => [p.pid, p])), children };
}

// A process's descendants, and what those that have ended used.
function below({ children }, pid) {
  return (children.get(pid) ?? []).reduce((sum, child) => sum + child.own + child.ended + below({ children }, child.pid), 0);
}

const pidIn = (file) => Number(readFileSync(file, 'utf8').split('\n')[0]);

/** {name: root process}. The load generator is a child of this program. */
export function groups({ stack, static: files }) {
  return {
    postgres: pidIn(join(stack.dir, 'postgresql/data/postmaster.pid')),
    orderzapd: stack.pid,
    nginx: pidIn(join(stack.dir, 'nginx/nginx.pid')),
    static: pidIn(join(files.dir, 'nginx.pid')),
    load: process.pid,
  };
}

/** Ticks used so far by each group. */
export function readCpu(roots) {
  const all = readAll();
  return Object.fromEntries(Object.entries(roots).map(([name, pid]) => {
    const top = all.byPid.get(pid);
    if (top === undefined) throw new Error(`${name} (process ${pid}) has ended`);
    return [name, top.ended + below(all, pid) + (pid === process.pid ? 0 : top.own)];
  }));
}

export const microseconds = (ticks) => ticks / ticksPerSecond * 1e6;

/** Microseconds a request between two readings, by group. nginx is either of the two. */
export function subtractCpu(after, before, requests) {
  const us = (name) => microseconds(after[name] - before[name]) / requests;
  const { static: files = 0, ...own } = Object.fromEntries(Object.keys(before).map((name) => [name, us(name)]));
  return { ...own, nginx: own.nginx + files };
}

/** The workers' own memory in KiB, smallest first: pages that are not shared. Not the relay's. */
export const workerMemory = ({ stack }) => workersOf(stack.pid).map(ownMemory).sort((a, b) => a - b);
