// A whole system for one test file: scripts/demo in a folder of its own, on free
// ports, with the programs of the build under test (BUILD_DIR).
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { misfits } from './document.mjs';
import { logReader } from './log.mjs';
import { buildDir, root } from './paths.mjs';
import { sqlSession } from './sql.mjs';
import { until } from './until.mjs';

// The certificate is self-signed.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

export { buildDir, root };
const run = promisify(execFile);

async function isFree(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(false));
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
  });
}

const drawn = new Set(); // by freePorts()

/**
 * Some ports in a row, below those that the kernel gives to clients. Nothing
 * holds them until the system listens, so processes that run at once draw from
 * ranges of their own, and one draws none twice.
 */
export async function freePorts(n = 2) {
  const ranges = 60, size = 300, first = 12000 + (process.pid % ranges) * size;
  for (let i = 0; i < 200; i++) {
    const port = first + n * Math.floor(Math.random() * Math.floor(size / n));
    const ports = Array.from({ length: n }, (_, k) => port + k);
    if (ports.some((p) => drawn.has(p))) continue;
    const free = await Promise.all(ports.map(isFree));
    if (!free.every(Boolean)) continue;
    for (const p of ports) drawn.add(p);
    return port;
  }
  throw new Error('no free ports');
}

// Limits that no test of something else runs into.
const wide = { SITE_DOOR_RATE: 10000, SITE_DOOR_BURST: 10000, SITE_RATE: 100000, SITE_BURST: 100000, REQUEST_MAX_AGE_MS: 14000 };

const mirrored = { CONVEX_URL: 'http://127.0.0.1:9', CONVEX_DEPLOY_KEY: 'nobody-listens' };

// What LeakSanitizer says when its process is killed while it looks for leaks. That alone is none: those it finds follow it.
const cutOff = /^(==\d+==Unable to get registers from thread \d+\.\n)+$/;

/** A system in a folder, whether it runs or not: calls to it. */
export function systemIn(dir, port) {
  const faults = join(dir, 'sanitizer');
  process.env.ASAN_OPTIONS = `log_path=${faults}/asan:detect_leaks=1:abort_on_error=0`;
  process.env.UBSAN_OPTIONS = `log_path=${faults}/ubsan:print_stacktrace=1`;
  process.env.G_SLICE = 'always-malloc'; // so that a leak of Pango's objects is seen
  let session; // with the database
  const stack = {
    dir,
    port,
    url: `https://localhost:${port}`,
    envFile: join(dir, 'orderzap.env'),
    logFile: join(dir, 'orderzapd.log'),
    slug: 'spice-garden',
    otherSlug: 'caffe-lungarno',
    /** Runs scripts/demo for this system with further arguments. */
    async demo(...args) {
      const { stdout } = await run(join(root, 'scripts/demo'), ['--dir', dir, ...args]);
      return stdout;
    },
    /** orderzapctl with this system's settings: {status, stdout, stderr}. */
    async ctl(args, { input = '', env = {} } = {}) {
      return new Promise((done) => {
        const child = execFile(join(buildDir, 'orderzapctl'), ['--config', stack.envFile, ...args],
          { env: { ...process.env, ...env } },
          (error, stdout, stderr) => done({ status: error ? error.code : 0, stdout, stderr }));
        child.stdin.on('error', () => {}); // it may end without reading
        child.stdin.end(input);
      });
    },
    /** Rows of a query as a superuser, outside of row-level security. See sql.mjs. */
    sql(query) {
      if (session?.url !== stack.database_url) {
        session?.end();
        session = sqlSession(stack.database_url);
      }
      return session.run(query);
    },
    /** The first column of the first row. */
    sqlValue(query) {
      return stack.sql(query)[0]?.[0];
    },
    /** PostgreSQL alone: 'start' or 'stop' ('fast' or 'immediate'). */
    async cluster(action, mode = 'fast') {
      await run(join(root, 'scripts/cluster'), [action, join(dir, 'postgresql'), ...(action === 'stop' ? [mode] : [])]);
    },
    /** The log's lines, parsed; not the last, should it be half there while it is written. */
    log: logReader(join(dir, 'orderzapd.log')),
    /** The access line of an answer; a worker writes it after it has answered. */
    async accessLine(answer) {
      const id = answer.headers.get('x-request-id');
      return until(`the access line of ${id}`, () => stack.log().find((l) => l.msg === 'access' && l.request_id === id));
    },
    /** By its slug, or by the demo restaurant's that it is a copy of. */
    restaurant(slug = stack.slug) {
      return stack.restaurants.find((r) => r.slug === slug || r.model === slug);
    },
    /** What PostgreSQL wrote of each deadlock: who waited for whom, in which statements. */
    deadlocks() {
      return readFileSync(join(dir, 'postgresql/cluster.log'), 'utf8').match(/^.* ERROR: +deadlock detected\n(.* DETAIL: .*\n(\t.*\n)*)?/gm) ?? [];
    },
    /** How many of them tests made on purpose. */
    deadlocksMeant: 0,
    /** Throws what the sanitizers found in the system's programs, and what this file met that the document does not say. */
    judge() {
      const reports = readdirSync(faults).map((name) => readFileSync(join(faults, name), 'utf8')).filter((report) => !cutOff.test(report));
      if (reports.length > 0) throw new Error(`the sanitizers found something:\n${reports.join('\n')}`);
      if (misfits.length > 0) throw new Error(`not as docs/openapi.yaml says:\n${misfits.join('\n')}`);
    },
  };
  return stack;
}

/**
 * Starts a system. settings: {KEY: value}; limits: 'wide' (default) or 'real';
 * empty: without the demo restaurants; mirror: with an outbox, though nothing
 * sends it.
 * Call stop() in an after() hook: it leaves nothing.
 */
export async function startStack({ settings = {}, limits = 'wide', empty = false, mirror = true } = {}) {
  const scratch = execFileSync(join(root, 'tests/scratch'), { encoding: 'utf8' }).trim();
  const dir = mkdtempSync(join(scratch, 'orderzap-test-'));
  chmodSync(dir, 0o755);
  const faults = join(dir, 'sanitizer');
  mkdirSync(faults);
  chmodSync(faults, 0o777); // orderzapd's user writes there
  const port = await freePorts();
  const all = { ...(limits === 'wide' ? wide : {}), ...(mirror ? mirrored : {}), ...settings };
  const kind = empty ? 'empty' : all.CONVEX_URL ? 'mirrored' : 'demo';
  const template = () => run(join(root, 'tests/template'), [kind, dir], { env: { ...process.env, BUILD_DIR: buildDir } });
  let made = false;
  const stack = systemIn(dir, port);
  stack.start = async () => {
    if (!made) await template();
    made = true;
    const set = Object.entries(all).flatMap(([k, v]) => ['--set', `${k}=${v}`]);
    await stack.demo('--port', String(port), '--build-dir', buildDir, '--detach', '--quiet', ...(empty ? ['--empty'] : []), ...set);
    Object.assign(stack, JSON.parse(await stack.demo('--status', '--json')));
    return stack;
  };
  stack.stop = async () => {
    await stack.demo('--stop', '--quiet');
    try {
      stack.judge();
      // The programs try again after a deadlock, so that answers do not show that locks are taken in different orders.
      const deadlocks = stack.deadlocks();
      if (deadlocks.length !== stack.deadlocksMeant) throw new Error(`deadlocks: ${deadlocks.length}, not ${stack.deadlocksMeant}\n${deadlocks.join('')}`);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  };
  process.env.ORDERZAP_CLUSTER_OPTIONS ??= 'fsync = off';
  try {
    return await stack.start();
  } catch (error) {
    await stack.stop().catch(() => {});
    throw error;
  }
}
