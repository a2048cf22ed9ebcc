// A system with a stand-in for its Convex deployment, orderzap-sync in between,
// and the comparison of both sides.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startStack, buildDir } from '../../api/lib/stack.mjs';
import { until } from '../../api/lib/until.mjs';
import { deployKey, startDeployment } from '../../convex/lib/deployment.mjs';
import { tableOf } from '../../convex/lib/samples.mjs';

/** Exit statuses. */
export const ALL_SENT = 0, SOME_LEFT = 1, HALTED = 2, USAGE = 64, CONFIG = 78;
export const BATCH = 100;

const program = join(buildDir, 'orderzap-sync');
const tableHere = {
  order: 'orders', menu_category: 'menu_categories', menu_item: 'menu_items', menu_item_option: 'menu_item_options',
  table: 'tables', session: 'sessions', payment: 'payments', business_day: 'business_days', drawer: 'drawers', receipt: 'receipts',
};

/** Starts both; settings: further ones; empty: without the demo restaurants. */
export async function startMirrored({ settings = {}, isNull = false, empty = false } = {}) {
  const mirror = await startDeployment({ isNull, redact: false });
  try {
    const stack = await startStack({ empty, settings: { CONVEX_URL: mirror.url, CONVEX_DEPLOY_KEY: deployKey, ...settings } });
    return pair(stack, mirror);
  } catch (error) {
    await mirror.stop();
    throw error;
  }
}

function pair(stack, mirror) {
  const options = (env) => ({ env: { ...process.env, ...env }, maxBuffer: 2 ** 26 });
  const both = {
    stack,
    mirror,
    /** Runs orderzap-sync with these arguments to its end: {status, stdout, stderr, ms}. */
    sync(args = [], env = {}) {
      const start = performance.now();
      return new Promise((done) => {
        execFile(program, ['--config', stack.envFile, ...args], options(env), (error, stdout, stderr) =>
          done({ status: error ? (error.code ?? error.signal) : 0, stdout, stderr, ms: performance.now() - start }));
      });
    },
    /** Runs it and wants that status. */
    async synced(status = ALL_SENT, args = ['--once'], env = {}) {
      const run = await both.sync(args, env);
      assert.equal(run.status, status, `${args.join(' ')}: ${run.stdout}${run.stderr}`);
      return run;
    },
    /** Starts it: the child, and ended: a promise of {status, signal, stderr}. */
    start(args = [], env = {}) {
      const child = spawn(program, ['--config', stack.envFile, ...args], { ...options(env), stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (text) => (stderr += text));
      return { child, ended: once(child, 'close').then(([status, signal]) => ({ status, signal, stderr })) };
    },
    /** SQL as a superuser whose changes go into the outbox. */
    change: (sql) => stack.sql(`SET orderzap.mirror = on; ${sql}`),
    fault: (...faults) => mirror.control('fault', faults),
    /** Waits until a call has met the fault that was asked for: it hangs, or is held. */
    taken: () => until('the call is there', async () => (await both.fault()).queued === 0),
    release: () => both.fault({ kind: 'release' }),
    /** Waits until no run has the lock; that of a killed one lasts until PostgreSQL notices. */
    alone: () => until('no run has the lock', () => stack.sqlValue(`SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
      WHERE locktype = 'advisory' AND application_name LIKE 'orderzap-sync%'`) === '0'),
    stats: () => mirror.control('stats'),
    calls: async () => (await mirror.control('log')).filter((line) => line.path?.startsWith('sync:')),
    dump: () => mirror.control('dump'),
    /** Rows of the outbox in a state: [type, id, ...columns]. */
    outbox: (where = "convex_sync_status = 'pending'", columns = 'entity_type, entity_id') =>
      stack.sql(`SELECT ${columns} FROM sync_logs WHERE ${where} ORDER BY entity_type, entity_id`),
    /** Makes every waiting row due, as time would; except locked ones, whose transactions may wait for another of them. */
    due: () => stack.sql(`UPDATE sync_logs l SET next_attempt_at = now()
      FROM (SELECT * FROM sync_logs WHERE convex_sync_status = 'pending' FOR UPDATE SKIP LOCKED) w
      WHERE (l.restaurant_id, l.entity_type, l.entity_id) = (w.restaurant_id, w.entity_type, w.entity_id)`),
    same: () => same(stack, mirror),
    /** An empty mirror without faults, filled again: what a test begins with. */
    async fresh() {
      stack.sql('DELETE FROM sync_logs');
      stack.sql('UPDATE sync_state SET halted_at = NULL, halted_because = NULL');
      await mirror.control('reset');
      await both.synced(ALL_SENT, ['--full', '--quiet']);
      stack.sql('DELETE FROM sync_logs');
    },
    async stop() {
      await mirror.stop();
      await stack.stop();
    },
  };
  return both;
}

/** What PostgreSQL wants the mirror to hold: a Map from table and id to document. */
function wanted(stack) {
  const each = Object.entries(tableHere).map(([type, table]) =>
    `SELECT '${type}', sync_doc(t.restaurant_id, '${type}', t.id) FROM ${table} t`);
  const rows = new Map();
  for (const [type, json] of stack.sql(each.join(' UNION ALL '))) {
    const change = JSON.parse(json);
    if (change.op === 'upsert') rows.set(`${tableOf[type]} ${change.doc.pgId}`, change.doc);
  }
  return rows;
}

async function held(mirror) {
  const rows = new Map();
  const dump = await mirror.control('dump');
  for (const table of Object.values(tableOf))
    for (const { _id, _creationTime, ...doc } of dump[table]) {
      assert.ok(!rows.has(`${table} ${doc.pgId}`), `${table} ${doc.pgId} is there twice`);
      rows.set(`${table} ${doc.pgId}`, doc);
    }
  const buried = new Set(dump.tombstones.map((t) => `${tableOf[t.entity]} ${t.pgId}`));
  for (const key of buried) assert.ok(!rows.has(key), `${key} has both a row and a tombstone`);
  return rows;
}

/** The mirror holds exactly PostgreSQL's rows, member by member; how many. */
export async function same(stack, mirror) {
  const here = wanted(stack), there = await held(mirror);
  const lacking = [...here.keys()].filter((key) => !there.has(key));
  const extra = [...there.keys()].filter((key) => !here.has(key));
  assert.deepEqual({ lacking: lacking.slice(0, 5), extra: extra.slice(0, 5) }, { lacking: [], extra: [] },
    `${lacking.length} are lacking, ${extra.length} too many`);
  for (const [key, doc] of here) assert.deepEqual(there.get(key), doc, key);
  return here.size;
}
