// Requests that wait for a worker. Those that waited too long are dropped before any work, since
// whoever sent them has given up, and safe to send again by their keys.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, lineOf, newKey, openSession, orderOf, post, readMenu } from '../api/lib/client.mjs';
import { figuresOf } from '../api/lib/exposition.mjs';
import { isGone, workersOf } from '../api/lib/processes.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const MAX_AGE_MS = 500 * patience;

let stack;
let asha;
let body;
let refusedBefore; // as requests of the start may have been
before(async () => {
  stack = await startStack({ settings: { REQUEST_MAX_AGE_MS: MAX_AGE_MS, DATABASE_POOL_MIN: 2, DATABASE_POOL_MAX: 2 } });
  asha = await openSession(stack, 0);
  const { items } = await readMenu(stack);
  body = orderOf(lineOf(items.find((i) => i.is_available)));
});
after(() => stack?.stop());

const refused = () => stack.log().filter((line) => line.msg === 'access' && line.status === 503);
const tooOld = (figures) => [figures.sum('orderzap_requests_too_old_total', { pool: 'workers' }),
  figures.sum('orderzap_http_requests_total', { method: '-', route: '-', status: '503' }) || 0];
const figures = async () => figuresOf(expectStatus(await get(stack, '/metrics'), 200).text);

test('a request that waited too long is refused and leaves nothing', async () => {
  refusedBefore = { lines: refused().length, figures: tooOld(await figures()) };
  const frozen = workersOf(stack.pid);
  const keys = Array.from({ length: 6 }, newKey);
  frozen.forEach((pid) => process.kill(pid, 'SIGSTOP'));
  const sent = keys.map((key) => post(stack, '/api/orders', { token: asha.token, key, body }));
  await sleep(MAX_AGE_MS + 1000 * patience);
  frozen.forEach((pid) => process.kill(pid, 'SIGCONT'));
  for (const answer of await Promise.all(sent)) {
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.json.code, 'overloaded');
    assert.match(answer.headers.get('retry-after'), /^\d+$/);
  }
  assert.equal(stack.sqlValue('SELECT count(*) FROM orders'), '0');

  for (const key of keys) expectStatus(await post(stack, '/api/orders', { token: asha.token, key, body }), 201);
  assert.equal(stack.sqlValue('SELECT count(*) FROM orders'), '6');
});

test('the log says how long each request waited', async () => {
  await until('the lines of all six', () => refused().length >= refusedBefore.lines + 6);
  const dropped = refused().slice(refusedBefore.lines);
  assert.equal(dropped.length, 6);
  for (const line of dropped) assert.ok(line.waited_ms > MAX_AGE_MS, JSON.stringify(line));
});

test('the metrics tell how many were refused, and how long all of them waited', async () => {
  const now = await figures();
  assert.deepEqual(tooOld(now), refusedBefore.figures.map((n) => n + 6));
  const waited = (le) => now.sum('orderzap_queue_seconds_bucket', { pool: 'workers', le });
  assert.ok(waited('+Inf') - waited('0.25') >= 6);
  assert.ok(now.sum('orderzap_queue_seconds_sum', { pool: 'workers' }) > 6 * MAX_AGE_MS / 1000);
});

test('the master is killed while requests wait: its workers end and leave them, each is refused at once', async () => {
  const workers = workersOf(stack.pid);
  workers.forEach((pid) => process.kill(pid, 'SIGSTOP'));
  const sent = Array.from({ length: 100 }, () => get(stack, '/health'));
  await sleep(300);
  process.kill(stack.pid, 'SIGKILL');
  await until('it is dead', () => isGone(stack.pid));
  workers.forEach((pid) => process.kill(pid, 'SIGCONT'));
  await until('no worker is left', () => workers.every(isGone), 5000);
  const answers = await Promise.all(sent);
  assert.ok(answers.filter((a) => a.status === 200).length <= workers.length, 'what was in hand alone is answered');
  for (const answer of answers.filter((a) => a.status !== 200)) {
    assert.equal(answer.status, 503, answer.text);
    assert.equal(answer.json.code, 'overloaded');
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  }
});
