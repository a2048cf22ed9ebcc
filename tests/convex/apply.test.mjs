// sync:applyBatch, reapTombstones and versions: what is repeated, late or out of
// order leads to PostgreSQL's state all the same.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { random } from '../api/lib/random.mjs';
import { startDeployment } from './lib/deployment.mjs';
import { documentOf, entities, id, otherRestaurant, remove, restaurant, tableOf, upsert, versionsOf } from './lib/samples.mjs';

let mirror;
before(async () => {
  mirror = await startDeployment({ redact: false });
});
after(() => mirror?.stop());
beforeEach(() => mirror.control('reset'));

const dump = () => mirror.control('dump');
const withoutSystemFields = ({ _id, _creationTime, ...row }) => row;
const shuffle = (list, { below }) => {
  const out = [...list];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
};

test('an empty batch does nothing', async () => {
  assert.deepEqual(await mirror.apply(), []);
});

test('every entity arrives as it was sent, and goes', async () => {
  for (const entity of entities) {
    assert.deepEqual(await mirror.apply(upsert(entity, 1, 1)), ['applied'], entity);
    const rows = (await dump())[tableOf[entity]];
    assert.deepEqual(rows.map(withoutSystemFields), [documentOf(entity, 1, 1)], entity);
    assert.deepEqual(await mirror.apply(remove(entity, 1, 2)), ['deleted'], entity);
  }
  const rows = await dump();
  for (const entity of entities) assert.deepEqual(rows[tableOf[entity]], [], entity);
  assert.deepEqual(rows.tombstones.map((grave) => [grave.entity, grave.restaurantId, grave.version]).sort(),
    entities.map((entity) => [entity, restaurant, 2]).sort());
});

test('a row is replaced whole: what became NULL goes', async () => {
  await mirror.apply(upsert('order', 1, 1));
  await mirror.apply(upsert('order', 1, 2, { notes: undefined, tableId: undefined, status: 'ready' }));
  const [order] = (await dump()).orders;
  assert.equal(order.status, 'ready');
  assert.ok(!('notes' in order) && !('tableId' in order));
});

test('a repeat and an older version change nothing', async () => {
  assert.deepEqual(await mirror.apply(upsert('order', 1, 3, { status: 'ready' })), ['applied']);
  assert.deepEqual(await mirror.apply(upsert('order', 1, 3, { status: 'served' }), upsert('order', 1, 2)), ['stale', 'stale']);
  const rows = await dump();
  assert.deepEqual(rows.orders.map((o) => [o.version, o.status]), [[3, 'ready']]);
});

test('a delete: late changes stay out, a later one revives, a late delete is stale', async () => {
  await mirror.apply(upsert('order', 1, 3));
  assert.deepEqual(await mirror.apply(remove('order', 1, 2)), ['stale'], 'older than the row');
  assert.deepEqual(await mirror.apply(remove('order', 1, 4)), ['deleted']);
  assert.deepEqual(await mirror.apply(upsert('order', 1, 3), upsert('order', 1, 4), remove('order', 1, 4)), ['stale', 'stale', 'stale']);
  assert.deepEqual(await mirror.apply(remove('order', 1, 5)), ['deleted'], 'a later delete moves the tombstone');
  assert.deepEqual((await dump()).tombstones.map((grave) => grave.version), [5]);
  assert.deepEqual(await mirror.apply(upsert('order', 1, 6)), ['applied']);
  const rows = await dump();
  assert.deepEqual(versionsOf(rows.orders), [[id(1, 1), 6]]);
  assert.deepEqual(rows.tombstones, []);
});

test('a delete may come before what it deletes', async () => {
  assert.deepEqual(await mirror.apply(remove('table', 1, 5), upsert('table', 1, 4)), ['deleted', 'stale']);
  assert.deepEqual((await dump()).tables, []);
});

test('any order of any repeats leads to the newest state', async (t) => {
  const dice = random(t);
  const history = [1, 2, 3, 4].flatMap((n) => entities.flatMap((entity) => [
    upsert(entity, n, 1), upsert(entity, n, 2), remove(entity, n, 3), ...(n % 2 ? [upsert(entity, n, 4)] : []),
  ]));
  for (let round = 0; round < 8; round++) {
    await mirror.control('reset');
    const changes = shuffle([...history, ...history], dice);
    while (changes.length > 0) await mirror.apply(...changes.splice(0, 1 + dice.below(40)));
    const rows = await dump();
    for (const entity of entities) {
      const keys = [1, 3].map((n) => [documentOf(entity, n).pgId, 4]);
      assert.deepEqual(versionsOf(rows[tableOf[entity]]), keys, entity);
      const graves = rows.tombstones.filter((grave) => grave.entity === entity);
      assert.deepEqual(versionsOf(graves), [2, 4].map((n) => [documentOf(entity, n).pgId, 3]), entity);
    }
  }
});

test('restaurants do not touch each other, whatever the ids', async () => {
  await mirror.apply(upsert('order', 1, 5), upsert('order', 1, 1, { restaurantId: otherRestaurant }));
  assert.deepEqual(await mirror.apply(remove('order', 1, 9, otherRestaurant)), ['deleted']);
  const rows = await dump();
  assert.deepEqual(rows.orders.map((o) => [o.restaurantId, o.version]), [[restaurant, 5]]);
  assert.deepEqual(await mirror.apply(upsert('order', 1, 6)), ['applied'], 'its tombstone is not ours');
});

test('a batch is taken whole or not at all', async () => {
  for (const bad of [{ status: 'nonsense' }, { tableId: null }, { totalAmount: '1' }, { extra: 1 }, { currency: undefined }]) {
    const { status, json } = await mirror.post('/api/mutation',
      { path: 'sync:applyBatch', args: { changes: [upsert('order', 1, 1), upsert('order', 2, 1, bad)] }, format: 'json' });
    assert.equal(status, 200);
    assert.equal(json.status, 'error', JSON.stringify(bad));
  }
  assert.deepEqual((await dump()).orders, []);
});

test('a batch of too many is refused with a code', async () => {
  const changes = Array.from({ length: 1001 }, (_, n) => remove('table', n, 1));
  const { json } = await mirror.post('/api/mutation', { path: 'sync:applyBatch', args: { changes }, format: 'json' });
  assert.deepEqual(json.errorData, { code: 'BATCH_TOO_LARGE', max: 1000 });
});

test('old tombstones are reaped, oldest first, so many at a time', async () => {
  await mirror.apply(...[1, 2, 3].map((n) => remove('order', n, 1)));
  const reap = (before, limit) => mirror.call('mutation', 'sync:reapTombstones', { before, limit });
  assert.equal(await reap(Date.now() - 60000, 10), 0, 'they are young');
  assert.equal(await reap(Date.now() + 60000, 2), 2);
  assert.equal((await dump()).tombstones.length, 1);
  assert.equal(await reap(Date.now() + 60000, 2), 1);
});

test('versions: page by page, by pgId, of one restaurant and entity', async () => {
  await mirror.apply(...[5, 1, 4, 2, 3].map((n) => upsert('table', n, n + 10)), upsert('order', 6, 1),
    upsert('table', 7, 1, { restaurantId: otherRestaurant }));
  const page = (after, limit) => mirror.call('query', 'sync:versions', { entity: 'table', restaurantId: restaurant, after, limit });
  const row = (n) => ({ pgId: id(n, 5), version: n + 10 });
  assert.deepEqual(await page(null, 2), { rows: [row(1), row(2)], done: false });
  assert.deepEqual(await page(id(2, 5), 2), { rows: [row(3), row(4)], done: false });
  assert.deepEqual(await page(id(4, 5), 2), { rows: [row(5)], done: true });
  assert.deepEqual(await page(null, 5), { rows: [1, 2, 3, 4, 5].map(row), done: true });
  assert.deepEqual(await page(id(5, 5), 2), { rows: [], done: true });
});

test('versions: a page ends early where its rows are big', async () => {
  const notes = 'x'.repeat(900 * 1024);
  for (let n = 1; n <= 7; n++) await mirror.apply(upsert('order', n, 1, { notes }));
  const seen = [];
  let pages = 0;
  for (let after = null, done = false; !done; pages++) {
    const page = await mirror.call('query', 'sync:versions', { entity: 'order', restaurantId: restaurant, after, limit: 100 });
    seen.push(...page.rows.map((r) => r.pgId));
    after = seen.at(-1);
    done = page.done;
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7].map((n) => id(n, 1)));
  assert.ok(pages >= 2, `${pages} pages`);
});
