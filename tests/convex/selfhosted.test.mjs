// A real deployment with convex/ deployed into it: CONVEX_URL and
// CONVEX_DEPLOY_KEY name it (convex/README.md). What this leaves there are
// tombstones of a restaurant of its own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { load } from './lib/modules.mjs';
import { documentOf, entities, remove, upsert } from './lib/samples.mjs';

const { ConvexHttpClient } = await load('convex/browser');
const { anyApi: api } = await load('convex/server');

const { CONVEX_URL: url, CONVEX_DEPLOY_KEY: key } = process.env;
const skip = url && key ? false : 'CONVEX_URL and CONVEX_DEPLOY_KEY name no deployment';
const restaurantId = randomUUID();

function admin() {
  const client = new ConvexHttpClient(url, { logger: false });
  client.setAdminAuth(key);
  return client;
}

const ours = (change) => (change.op === 'delete' ? { ...change, restaurantId } : { ...change, doc: { ...change.doc, restaurantId } });
const apply = async (...changes) => (await admin().mutation(api.sync.applyBatch, { changes: changes.map(ours) })).outcomes;

test('a batch as orderzap-sync sends it', { skip }, async () => {
  const response = await fetch(`${url}/api/mutation`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Convex ${key}`, 'Convex-Client': 'orderzap-sync-1.2.3' },
    body: JSON.stringify({ path: 'sync:applyBatch', args: { changes: [] }, format: 'json' }),
  });
  assert.equal(response.status, 200);
  const answer = await response.json();
  assert.equal(answer.status, 'success', JSON.stringify(answer));
  assert.deepEqual(answer.value, { outcomes: [] });
});

test('every entity comes, is repeated, is listed and goes', { skip }, async () => {
  for (const entity of entities) {
    assert.deepEqual(await apply(upsert(entity, 1, 2), upsert(entity, 1, 1)), ['applied', 'stale'], entity);
    const { rows, done } = await admin().query(api.sync.versions, { entity, restaurantId, after: null, limit: 10 });
    assert.deepEqual([rows, done], [[{ pgId: documentOf(entity, 1).pgId, version: 2 }], true], entity);
    assert.deepEqual(await apply(remove(entity, 1, 3), upsert(entity, 1, 2)), ['deleted', 'stale'], entity);
  }
});

test('without a token nothing is shown', { skip }, async () => {
  const anybody = new ConvexHttpClient(url, { logger: false });
  await assert.rejects(anybody.query(api.tables.list, { restaurantId }), (error) => error.data?.code === 'FORBIDDEN');
});
