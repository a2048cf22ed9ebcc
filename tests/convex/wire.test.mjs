// The stand-in's wire: what a deployment refuses, its limits, faults on demand,
// the null mode, the log.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { until } from '../api/lib/until.mjs';
import { deployKey, startDeployment } from './lib/deployment.mjs';
import { checkArguments, checkDocument } from './lib/limits.mjs';
import { load } from './lib/modules.mjs';
import { id, remove, restaurant, upsert } from './lib/samples.mjs';

const { ConvexHttpClient } = await load('convex/browser');
const { anyApi: api } = await load('convex/server');

let mirror;
before(async () => {
  mirror = await startDeployment();
});
after(() => mirror?.stop());
beforeEach(() => mirror.control('reset'));

const batch = (...changes) => ({ path: 'sync:applyBatch', args: { changes }, format: 'json' });
const send = (body, options) => mirror.post('/api/mutation', body, options);
const orders = async () => (await mirror.control('dump')).orders.map((o) => o.pgId);

test('what a function returns comes with 200', async () => {
  assert.deepEqual(await send(batch(upsert('order', 1, 1))),
    { status: 200, json: { status: 'success', value: { outcomes: ['applied'] }, logLines: [] } });
  const run = await mirror.post('/api/run/sync/applyBatch', { args: { changes: [upsert('order', 1, 1)] } });
  assert.deepEqual(run.json.value, { outcomes: ['stale'] });
});

test('what a function throws comes with 200, too, and says nothing in production', async (t) => {
  const { status, json } = await send(batch({ op: 'upsert', entity: 'order', doc: {} }));
  assert.equal(status, 200);
  assert.equal(json.status, 'error');
  assert.match(json.errorMessage, /^\[Request ID: [0-9a-f]{16}\] Server Error$/);
  const open = await startDeployment({ redact: false });
  t.after(() => open.stop());
  const told = await open.post('/api/mutation', batch({ op: 'upsert', entity: 'order', doc: {} }));
  assert.match(told.json.errorMessage, /Validator error/);
});

test('the deploy key: wrong is 401; without, internal functions are not there', async () => {
  const wrong = await send(batch(), { key: 'prod:standin-1|other' });
  assert.deepEqual([wrong.status, wrong.json.code], [401, 'BadAdminKey']);
  const without = await send(batch(), { key: null });
  assert.deepEqual([without.status, without.json.status], [200, 'error']);
  const strange = await send(batch(), { key: null, headers: { Authorization: 'Basic eDp5' } });
  assert.equal(strange.status, 400);
});

test('the official client with the deploy key', async () => {
  const client = new ConvexHttpClient(mirror.url, { logger: false });
  client.setAdminAuth(deployKey);
  assert.deepEqual(await client.mutation(api.sync.applyBatch, { changes: [upsert('table', 1, 1)] }), { outcomes: ['applied'] });
});

test('requests of another form are 400', async () => {
  const cases = [
    ['{', {}, 'BadJsonBody'],
    [Buffer.from([0x7b, 0xff, 0x7d]), {}, 'BadJsonBody'],
    [{ path: 'sync:applyBatch' }, {}, 'BadJsonBody'],
    [{ args: {} }, {}, 'BadJsonBody'],
    [batch(), { 'Content-Type': 'text/plain' }, 'BadJsonBody'],
    [batch(), { 'Convex-Client': 'nodash' }, 'InvalidClientVersion'],
    [batch(), { 'Convex-Client': 'orderzap-sync-1' }, 'InvalidClientVersion'],
    [{ ...batch(), path: 'a b' }, {}, 'BadConvexFunctionIdentifier'],
    [{ ...batch(), format: 'xml' }, {}, 'BadFormat'],
    ['{"path":"sync:applyBatch","args":{"changes":["\\ud800"]}}', {}, 'BadJsonBody'],
    ['x'.repeat(16 * 1024 * 1024 + 2001), {}, 'BadJsonBody'],
  ];
  for (const [body, headers, code] of cases) {
    const { status, json } = await send(body, { headers });
    assert.deepEqual([status, json.code], [400, code], String(body).slice(0, 80));
  }
  assert.equal((await send(batch(), { headers: { 'Convex-Client': 'orderzap-sync-0.1.0' } })).status, 200);
  assert.equal((await mirror.post('/api/nonsense', batch())).status, 404);
});

test('a query cannot be called as a mutation, nor what is not there', async () => {
  assert.equal((await send({ ...batch(), path: 'sync:nonsense' })).json.status, 'error');
  assert.equal((await mirror.post('/api/query', batch())).json.status, 'error');
  assert.equal((await send({ path: '_generated/api:api', args: {} })).json.status, 'error');
});

test('limits of documents and values', async (t) => {
  const open = await startDeployment({ redact: false });
  t.after(() => open.stop());
  const deep = (n) => (n === 0 ? 1 : { a: deep(n - 1) });
  const cases = [
    [{ notes: 'x'.repeat(1024 * 1024) }, /Document is too large/],
    [{ items: Array.from({ length: 8193 }, () => 1) }, /Array length is too long/],
    [Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [`f${i}`, 1])), /too many fields/],
    [{ notes: deep(64) }, /too nested/],
    [{ आकार: 1 }, /non-control ASCII/],
    [{ $a: 1 }, /\$/],
  ];
  for (const [more, message] of cases) {
    const { json } = await open.post('/api/mutation', batch(upsert('order', 1, 1, more)));
    assert.equal(json.status, 'error');
    assert.match(json.errorMessage, message);
  }
  assert.deepEqual((await open.control('dump')).orders, []);
  const tags = Array.from({ length: 8192 }, (_, i) => `t${i}`);
  assert.deepEqual(await open.apply(upsert('menu_item', 1, 1, { tags })), ['applied']);
  assert.deepEqual(await open.apply(upsert('order', 1, 1, { notes: 'x'.repeat(1000 * 1024) })), ['applied']);
});

test('limits that no document of ours can reach', () => {
  const deep = (n) => (n === 0 ? 1 : { a: deep(n - 1) });
  checkDocument(deep(16), 10);
  assert.throws(() => checkDocument(deep(17), 10), /too nested/);
  assert.throws(() => checkDocument({ _own: 1 }, 10), /starts with '_'/);
  checkArguments(deep(64), 10);
  assert.throws(() => checkArguments(deep(65), 10), /too nested/);
  assert.throws(() => checkArguments({}, 16 * 1024 * 1024 + 1), /too large/);
});

test('faults: any status and body, for as many calls as asked for', async () => {
  await mirror.control('fault', [
    { kind: 'status', status: 503, code: 'OptimisticConcurrencyControlFailure', times: 2 },
    { kind: 'status', status: 560, body: { status: 'error', errorMessage: 'Server Error' } },
    { kind: 'status', status: 502, body: '<html>', headers: { 'Content-Type': 'application/json', 'Retry-After': '1' } },
  ]);
  for (let i = 0; i < 2; i++) assert.equal((await send(batch())).json.code, 'OptimisticConcurrencyControlFailure');
  assert.deepEqual(await send(batch()), { status: 560, json: { status: 'error', errorMessage: 'Server Error' } });
  await assert.rejects(send(batch()), SyntaxError);
  assert.equal((await send(batch())).status, 200);
});

test('faults: for one function only, and permanently', async () => {
  await mirror.control('fault', { kind: 'status', status: 429, path: 'sync:versions', times: 0 });
  const versions = () => mirror.post('/api/query', { path: 'sync:versions', args: { entity: 'order', restaurantId: restaurant, after: null, limit: 1 } });
  for (let i = 0; i < 3; i++) assert.equal((await versions()).status, 429);
  assert.equal((await send(batch())).status, 200);
  await mirror.control('reset');
  assert.equal((await versions()).status, 200);
});

test('faults: dropped before, nothing is done; dropped after, it is', async () => {
  await mirror.control('fault', [{ kind: 'drop_before' }, { kind: 'drop_after' }]);
  await assert.rejects(send(batch(upsert('order', 1, 1))));
  assert.deepEqual(await orders(), []);
  await assert.rejects(send(batch(upsert('order', 1, 1))));
  assert.deepEqual(await orders(), [id(1, 1)]);
  assert.deepEqual((await send(batch(upsert('order', 1, 1)))).json.value, { outcomes: ['stale'] });
});

test('faults: an answer that does not come, or late', async () => {
  await mirror.control('fault', { kind: 'hang' });
  const abort = new AbortController();
  const headers = { 'Content-Type': 'application/json', Authorization: `Convex ${deployKey}` };
  const call = fetch(`${mirror.url}/api/mutation`, { method: 'POST', headers, signal: abort.signal, body: JSON.stringify(batch(upsert('order', 1, 1))) });
  await until('the call hangs', async () => (await mirror.control('fault', [])).queued === 0);
  await sleep(300);
  abort.abort();
  await assert.rejects(call);
  assert.deepEqual(await orders(), []);
  await mirror.control('fault', { kind: 'hold' });
  let isAnswered = false;
  const held = send(batch()).finally(() => { isAnswered = true; });
  await until('the call is held', async () => (await mirror.control('fault', [])).queued === 0);
  await sleep(300);
  assert.equal(isAnswered, false);
  await mirror.control('fault', { kind: 'release' });
  assert.equal((await held).status, 200);
  await mirror.control('fault', { kind: 'delay', ms: 200 });
  const start = Date.now();
  assert.equal((await send(batch())).status, 200);
  assert.ok(Date.now() - start >= 190);
});

test('faults: poison in one row of a batch', async () => {
  await mirror.control('fault', [{ kind: 'poison', pgId: id(2, 1) }, { kind: 'poison', pgId: id(9, 1) }]);
  const rows = [1, 2, 3].map((n) => upsert('order', n, 1));
  for (let i = 0; i < 2; i++) assert.deepEqual((await send(batch(...rows))).json.status, 'error');
  assert.deepEqual(await orders(), []);
  assert.equal((await send(batch(remove('order', 9, 1)))).json.status, 'error', 'a delete, too');
  assert.equal((await send(batch(rows[0], rows[2]))).json.status, 'success');
  await mirror.control('fault', { kind: 'heal', pgId: id(2, 1) });
  assert.equal((await send(batch(rows[1]))).json.status, 'success');
});

test('an unknown fault is refused', async () => {
  await assert.rejects(mirror.control('fault', { kind: 'flood' }), /BadFault/);
  await assert.rejects(mirror.control('fault', { kind: 'status' }), /BadFault/);
  await assert.rejects(mirror.control('nonsense'), /NotFound/);
});

test('the log and the sums', async () => {
  await send(batch(upsert('order', 1, 1), remove('table', 2, 1)));
  await send(batch(upsert('order', 1, 1, { status: 'nonsense' })));
  await send(batch(), { key: 'wrong' });
  const log = await mirror.control('log');
  assert.deepEqual(log.map((l) => [l.kind, l.path, l.status, l.result, l.rows]), [
    ['mutation', 'sync:applyBatch', 200, 'success', 2], ['mutation', 'sync:applyBatch', 200, 'error', 1], ['mutation', undefined, 401, undefined, 0]]);
  assert.deepEqual(log[0].pgIds, [id(1, 1), id(2, 5)]);
  const { calls, mutations, rows, refused, bytes, connections } = await mirror.control('stats');
  assert.deepEqual({ calls, mutations, rows, refused }, { calls: 3, mutations: 1, rows: 2, refused: 2 });
  assert.ok(bytes > 1000 && connections >= 1);
});

test('the null mode runs nothing and counts', async (t) => {
  const empty = await startDeployment({ isNull: true });
  t.after(() => empty.stop());
  assert.deepEqual(await empty.apply(upsert('order', 1, 1), remove('order', 2, 1), upsert('order', 1, 1)), ['applied', 'deleted', 'applied']);
  assert.equal((await empty.post('/api/mutation', batch(), { key: 'wrong' })).status, 401);
  assert.deepEqual((await empty.control('dump')).orders, []);
  const { rows, mutations, null: on } = await empty.control('stats');
  assert.deepEqual([rows, mutations, on], [3, 1, true]);
  await empty.control('null', { on: false });
  assert.deepEqual(await empty.apply(upsert('order', 1, 1)), ['applied']);
  assert.deepEqual(await empty.apply(upsert('order', 1, 1)), ['stale']);
});

test('the command line: ends on SIGTERM with 0, says what is wrong', async () => {
  const short = await startDeployment();
  assert.equal(await short.stop(), 0);
  const program = fileURLToPath(new URL('standin.mjs', import.meta.url));
  const { code, stderr } = await new Promise((done) => {
    execFile(process.execPath, [program, '--port', '0'], (error, _stdout, text) => done({ code: error?.code, stderr: text }));
  });
  assert.deepEqual([code, stderr], [1, 'standin: --deploy-key is missing\n']);
});
