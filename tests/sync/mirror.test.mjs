// The ordinary way: each change through the API leaves its row in the outbox
// and arrives; what is gone here goes there; what was sent is forgotten in time.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { call, del, expectStatus, get, joinSession, lineOf, openSession, post, put, readMenu, tokenOf } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { startMirrored } from './lib/mirror.mjs';

const theirs = 'caffe-lungarno';
let both, stack, mirror, item;
const tokens = {};
before(async () => {
  both = await startMirrored();
  ({ stack, mirror } = both);
  stack.sql("UPDATE restaurants SET session_opening = 'diner'");
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager']) tokens[role] = await tokenOf(stack, role);
  tokens.theirs = await tokenOf(stack, 'manager', theirs);
  item = (await readMenu(stack)).byName['Tandoori Roti'];
  await both.fresh();
});
after(() => both?.stop());
// What a failed test left does not affect the next one.
beforeEach(() => both.sync());

/** Does a call; it must leave these outbox rows (types, sorted) and they must arrive. Its answer. */
async function mirrored(types, answer, status = 200) {
  const { json } = expectStatus(await answer, status);
  const rows = both.outbox();
  assert.deepEqual(rows.map(([type]) => type), types.slice().sort());
  const moved = stack.sql("SELECT count(*) FROM sync_logs WHERE convex_sync_status = 'pending' AND next_attempt_at <= now()");
  assert.equal(Number(moved[0][0]), types.length, 'due at once');
  const before = (await both.calls()).length;
  await both.synced();
  const calls = (await both.calls()).slice(before);
  assert.equal(calls.length, 1, 'one call');
  assert.deepEqual(calls[0].pgIds.sort(), rows.map(([, id]) => id).sort());
  await both.same();
  return json;
}

const manage = (method, path, body, token = tokens.manager) => call(stack, method, path, { token, body });
const waiter = (path, body) => post(stack, path, { token: tokens.waiter, body });
const order = (token, lines = 1) => post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items: Array(lines).fill(lineOf(item)) } });

test('orders: placed, their lines, their status, deleted', async () => {
  const guest = expectStatus(await post(stack, '/api/r/spice-garden/sessions', { body: { code: stack.restaurant().tables[0].code, display_name: 'Asha' } }), 201).json;
  await both.synced();
  const placed = await mirrored(['order'], order(guest.token, 2), 201);
  const path = `/api/orders/${placed.id}`;
  const step = (status, token) => put(stack, path, { token, body: { status } });
  await mirrored(['order'], step('confirmed', tokens.waiter));
  await mirrored(['order'], put(stack, `${path}/items/${placed.items[0].id}`, { token: tokens.kitchen, body: { status: 'preparing' } }));
  await mirrored(['order'], put(stack, `${path}/items/${placed.items[0].id}`, { token: tokens.kitchen, body: { status: 'ready' } }));
  const { orders } = await both.dump();
  assert.deepEqual(orders.find((o) => o.pgId === placed.id).items.map((i) => i.status), ['ready', 'pending']);
  for (const status of ['ready', 'served']) await mirrored(['order'], step(status, tokens.waiter));
  const gone = await mirrored(['order'], order(guest.token), 201);
  await mirrored(['order'], put(stack, `/api/orders/${gone.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }));
  await mirrored(['order'], del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  const dump = await both.dump();
  assert.ok(!dump.orders.some((o) => o.pgId === gone.id));
  assert.deepEqual(dump.tombstones.filter((t) => t.pgId === gone.id).map((t) => t.entity), ['order']);
});

test('an order that fails leaves nothing', async () => {
  const bad = { order_type: 'takeaway', items: [{ ...lineOf(item), quantity: 1, customizations: [] }], expected_total: 1 };
  const answer = await waiter('/api/orders', bad);
  assert.ok(answer.status >= 400, answer.text);
  assert.deepEqual(both.outbox(), []);
});

test('payments, refunds, and what an order comes to since', async () => {
  const placed = await mirrored(['order'], waiter('/api/orders', { order_type: 'takeaway', items: [lineOf(item, 4)] }), 201);
  const share = Math.floor(placed.total_amount / 2);
  const first = await mirrored(['order', 'payment'], waiter('/api/payments', { order_id: placed.id, amount: share, tip_amount: 300, method: 'cash' }), 201);
  await mirrored(['order', 'payment'], waiter('/api/payments', { order_id: placed.id, amount: placed.total_amount - share, method: 'upi' }), 201);
  await mirrored(['order', 'payment'], post(stack, `/api/payments/${first.id}/refunds`, { token: tokens.cashier, body: { amount: 100, reason: 'salt' }, documented: false }), 201);
  await mirrored(['order'], post(stack, `/api/orders/${placed.id}/adjustments`, { token: tokens.manager, body: { kind: 'comp', item_id: placed.items[0].id, quantity: 1, reason: 'late' } }), 201);
  const { payments, orders } = await both.dump();
  const order = orders.find((o) => o.pgId === placed.id), shown = expectStatus(await get(stack, `/api/orders/${placed.id}`, { token: tokens.waiter }), 200).json;
  assert.deepEqual([order.totalAmount, order.adjustedTotal, order.adjustments.map((a) => a.kind)], [placed.total_amount, shown.adjusted.total_amount, ['discount', 'comp']]);
  assert.ok(order.adjustedTotal < placed.total_amount - 100);
  assert.deepEqual(payments.filter((p) => p.pgId === first.id).map((p) => [p.amount, p.tipAmount, p.refundedAmount, p.allocations]),
    [[share, 300, 100, [{ orderId: placed.id, amount: share, refundedAmount: 100 }]]]);
  assert.equal(order.paymentStatus, 'partially_refunded');
});

test('a drawer, opened and counted', async () => {
  const drawer = await mirrored(['drawer'], post(stack, '/api/drawers', { token: tokens.cashier, body: { float: 5000, name: 'Bar' } }), 201);
  await mirrored(['drawer'], post(stack, `/api/drawers/${drawer.id}/close`, { token: tokens.cashier, body: { counted: 4900 } }), 200);
  const { drawers } = await both.dump();
  assert.deepEqual(drawers.map((d) => [d.pgId, d.name, d.floatAmount, d.expected, d.counted, d.closedDate]), [[drawer.id, 'Bar', 5000, 5000, 4900, drawer.business_date]]);
});

test('a business day, once it is closed', async () => {
  const date = stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) FROM restaurants WHERE slug = 'spice-garden'`);
  const day = await mirrored(['business_day'], post(stack, `/api/business-days/${date}/close`, { token: tokens.manager, body: { force: true } }), 201);
  const { businessDays } = await both.dump();
  assert.deepEqual(businessDays.map((d) => [d.businessDate, d.number, d.wasForced, d.orders, d.totalAmount]),
    [[date, 1, day.was_forced, day.report.totals.orders, day.report.totals.total_amount]]);
});

test('receipts and credit notes, but not what they say', async () => {
  const placed = await mirrored(['order'], waiter('/api/orders', { order_type: 'takeaway', items: [lineOf(item, 4)] }), 201);
  const receipt = await mirrored(['receipt'], waiter(`/api/orders/${placed.id}/receipts`, { buyer: { name: 'Lakshmi Traders' } }), 201);
  await mirrored(['receipt'], get(stack, `/api/receipts/${receipt.id}`, { token: tokens.waiter, headers: { Accept: 'text/html' } }));
  await mirrored(['order', 'receipt'], post(stack, `/api/orders/${placed.id}/adjustments`, { token: tokens.manager, body: { kind: 'comp', item_id: placed.items[0].id, quantity: 1, reason: 'late' } }), 201);
  const receipts = (await both.dump()).receipts.filter((r) => r.orderIds.includes(placed.id)).sort((a, b) => a.issuedAt - b.issuedAt);
  assert.deepEqual(receipts.map((r) => [r.kind, r.totalAmount < 0, r.correctsId ?? null, r.printedAt > 0]), [['receipt', false, null, true], ['credit_note', true, receipt.id, false]]);
  assert.deepEqual([receipts[0].pgId, receipts[0].reference, receipts[0].totalAmount, receipts[0].currency], [receipt.id, receipt.reference, receipt.total_amount, receipt.currency]);
  assert.doesNotMatch(JSON.stringify(receipts), /Lakshmi/);
});

test('the menu: categories, items, options and their values, many at once', async () => {
  const category = await mirrored(['menu_category'], manage('POST', '/api/menu/categories', { name: 'Sundries', position: 9 }), 201);
  await mirrored(['menu_category'], manage('PATCH', `/api/menu/categories/${category.id}`, { description: 'अन्य' }));
  const dish = await mirrored(['menu_item'], manage('POST', '/api/menu/items', { category_id: category.id, name: 'Dish', price: 100, station: 'hot' }), 201);
  await mirrored(['menu_item'], manage('PATCH', `/api/menu/items/${dish.id}`, { price: 200, station: null, tags: ['vegan'] }));
  const kept = (await both.dump()).menuItems.find((i) => i.pgId === dish.id);
  assert.ok(!('station' in kept), 'what became null is gone');
  const option = await mirrored(['menu_item', 'menu_item_option'],
    manage('POST', `/api/menu/items/${dish.id}/options`, { name: 'Size', values: [{ name: 'Small' }, { name: 'Large', price_modifier: 50 }] }), 201);
  await mirrored(['menu_item', 'menu_item_option'],
    manage('PATCH', `/api/menu/options/${option.id}`, { values: [{ id: option.values[0].id, name: 'Tiny' }, { name: 'Huge', price_modifier: 90 }] }));
  assert.deepEqual((await both.dump()).menuItemOptions.find((o) => o.pgId === option.id).values.map((v) => v.name), ['Tiny', 'Huge']);
  const second = await mirrored(['menu_item'], manage('POST', '/api/menu/items', { category_id: category.id, name: 'Other', price: 300 }), 201);
  await mirrored(['menu_item', 'menu_item'],
    manage('POST', '/api/menu/bulk', { changes: [{ id: dish.id, is_available: false }, { id: second.id, price: 350 }] }));
  await mirrored(['menu_item', 'menu_item_option'], manage('DELETE', `/api/menu/options/${option.id}`), 204);
  for (const { id } of [dish, second]) await mirrored(['menu_item'], manage('DELETE', `/api/menu/items/${id}`), 204);
  await mirrored(['menu_category'], manage('DELETE', `/api/menu/categories/${category.id}`), 204);
  const dump = await both.dump();
  assert.deepEqual(dump.tombstones.map((t) => t.pgId).filter((id) => [category.id, dish.id, second.id, option.id].includes(id)).length, 4);
});

test('tables: made, renamed, removed; a new code stays here', async () => {
  const table = await mirrored(['table'], manage('POST', '/api/tables', { name: 'Z1', seats: 4, zone: 'Terrace' }), 201);
  await mirrored(['table'], manage('PATCH', `/api/tables/${table.id}`, { seats: 6 }));
  expectStatus(await manage('POST', `/api/tables/${table.id}/qr`), 200);
  await both.synced();
  await both.same();
  await mirrored(['table'], manage('DELETE', `/api/tables/${table.id}`), 204);
});

test('sessions: opened, joined, extended, moved, merged, closed', async () => {
  const tables = stack.restaurant().tables;
  const open = (n) => post(stack, '/api/r/spice-garden/sessions', { body: { code: tables[n].code, display_name: 'Host' } });
  const first = await mirrored(['session'], open(4), 201);
  await joinSession(stack, tables[4].code, first.pin);
  assert.deepEqual(both.outbox(), [], 'who sits there is not mirrored');
  const wrong = await post(stack, '/api/r/spice-garden/sessions/join', { body: { code: tables[4].code, pin: first.pin === '0000' ? '1111' : '0000', display_name: 'Eve' } });
  assert.ok(wrong.status >= 400);
  assert.deepEqual(both.outbox(), []);
  const path = `/api/sessions/${first.session.id}`;
  await mirrored(['session'], waiter(`${path}/extend`, { minutes: 30 }));
  await mirrored(['session'], waiter(`${path}/pin`));
  await mirrored(['session'], manage('PATCH', path, { guest_count: 4 }));
  assert.equal((await both.dump()).sessions.find((s) => s.pgId === first.session.id).guestCount, 4);
  const placed = await mirrored(['order'], order(first.token), 201);
  await mirrored(['order', 'session'], waiter(`${path}/move`, { table_id: tables[6].id }));
  assert.equal((await both.dump()).orders.find((o) => o.pgId === placed.id).tableId, tables[6].id);
  const second = await mirrored(['session'], open(5), 201);
  await mirrored(['order', 'session', 'session'], waiter(`${path}/merge`, { session_id: second.session.id }));
  const dump = await both.dump();
  assert.equal(dump.orders.find((o) => o.pgId === placed.id).sessionId, second.session.id);
  assert.equal(dump.sessions.find((s) => s.pgId === first.session.id).status, 'closed');
  await mirrored(['session'], post(stack, `/api/sessions/${second.session.id}/close`, { token: tokens.manager, body: { force: true, reason: 'test' } }));
  assert.equal((await both.dump()).sessions.find((s) => s.pgId === second.session.id).status, 'closed');
});

test('no secrets and no guests\' names are sent', async () => {
  const text = JSON.stringify(await both.dump());
  for (const word of ['Asha', 'Host', 'pin', 'hash', 'code', 'displayName']) assert.ok(!text.includes(`"${word}`), word);
});

test('two restaurants in one call, each with its own', async () => {
  const before = (await both.calls()).length;
  expectStatus(await manage('POST', '/api/tables', { name: 'Y1', seats: 2 }), 201);
  expectStatus(await manage('POST', '/api/tables', { name: 'Y1', seats: 3 }, tokens.theirs), 201);
  assert.equal(both.outbox().length, 2);
  await both.synced();
  assert.equal((await both.calls()).length, before + 1);
  await both.same();
  const mine = (await both.dump()).tables.filter((t) => t.name === 'Y1');
  assert.deepEqual(mine.map((t) => [t.restaurantId, t.seats]).sort(),
    [[stack.restaurant().id, 2], [stack.restaurant(theirs).id, 3]].sort());
});

test('a change that overtakes another is one row; what is deleted before it was sent is a tombstone alone', async () => {
  const table = expectStatus(await manage('POST', '/api/tables', { name: 'X1', seats: 2 }), 201).json;
  for (const seats of [3, 4, 5]) expectStatus(await manage('PATCH', `/api/tables/${table.id}`, { seats }), 200);
  assert.equal(both.outbox().length, 1);
  expectStatus(await manage('DELETE', `/api/tables/${table.id}`), 204);
  await both.synced();
  const dump = await both.dump();
  assert.ok(!dump.tables.some((t) => t.pgId === table.id));
  assert.equal(dump.tombstones.filter((t) => t.pgId === table.id).length, 1);
  await both.same();
});

test('versions in the mirror only grow, whatever comes', async () => {
  const table = expectStatus(await manage('POST', '/api/tables', { name: 'W1', seats: 2 }), 201).json;
  const seen = [];
  for (let i = 0; i < 5; i++) {
    both.change(`UPDATE tables SET seats = ${i + 3} WHERE id = '${table.id}'`);
    if (i === 2) stack.sql(`UPDATE sync_logs SET entity_version = 1 WHERE entity_id = '${table.id}'`); // an outbox row that lies
    await both.synced();
    const { version, seats } = (await both.dump()).tables.find((t) => t.pgId === table.id);
    seen.push([version, seats]);
  }
  assert.deepEqual(seen, [[2, 3], [3, 4], [4, 5], [5, 6], [6, 7]]);
});

test('nothing to do: no call at all', async () => {
  await both.synced();
  const before = await both.stats();
  for (const args of [['--once'], [], ['-1', '--quiet']]) {
    const run = await both.synced(0, args);
    assert.equal(run.stdout + run.stderr, '');
  }
  await both.synced(0, ['--for', '2']);
  assert.equal((await both.stats()).calls, before.calls);
});

test('many rows: full batches, one connection', async () => {
  both.change(`INSERT INTO tables (restaurant_id, id, name, seats)
    SELECT '${stack.restaurant().id}', gen_random_uuid(), 'many ' || n, 2 FROM generate_series(1, 250) n`);
  const before = (await both.calls()).length;
  await both.synced();
  const calls = (await both.calls()).slice(before);
  assert.deepEqual(calls.map((c) => c.rows), [100, 100, 50]);
  assert.equal(new Set(calls.map((c) => c.connection)).size, 1);
  await both.same();
  both.change("UPDATE tables SET deleted_at = now() WHERE name LIKE 'many %'");
  await both.synced();
  await both.same();
});

test('cleanup: rows sent a day ago go, others stay; tombstones are reaped once a day', async () => {
  const state = "convex_sync_status || CASE WHEN last_sync_at < now() - interval '12 hours' THEN ' old' ELSE '' END";
  const counts = () => Object.fromEntries(stack.sql(`SELECT ${state}, count(*) FROM sync_logs GROUP BY 1`).map(([k, n]) => [k, Number(n)]));
  await both.fresh();
  await both.change("UPDATE tables SET seats = seats + 1 WHERE deleted_at IS NULL");
  await both.synced();
  const all = counts().synced;
  assert.ok(all >= 4);
  const ids = both.outbox('true', 'entity_id').flat();
  stack.sql(`UPDATE sync_logs SET last_sync_at = now() - interval '25 hours' WHERE entity_id IN ('${ids[0]}', '${ids[1]}')`);
  stack.sql(`UPDATE sync_logs SET last_sync_at = now() - interval '23 hours' WHERE entity_id = '${ids[2]}'`);
  both.change(`UPDATE tables SET seats = seats + 1 WHERE id = '${ids[0]}'`); // pending again
  stack.sql('UPDATE sync_state SET reaped_at = now()');
  const holder = await hold(stack, `SELECT FROM sync_logs WHERE entity_id = '${ids[1]}' FOR UPDATE`);
  assert.equal((await stack.ctl(['cleanup', '--quiet'])).status, 0, 'it waits for nobody');
  assert.deepEqual(counts(), { synced: all - 3, 'synced old': 2, 'pending old': 1 });
  await holder.end();
  stack.sql('UPDATE sync_state SET reaped_at = NULL');
  const reaps = async () => (await both.calls()).filter((c) => c.path === 'sync:reapTombstones').length;
  const run = await stack.ctl(['cleanup']);
  assert.equal(run.status, 0, run.stderr);
  assert.match(run.stdout, /^1 outbox rows mirrored a day ago removed$/m);
  assert.match(run.stdout, /^0 tombstones removed from the mirror$/m);
  assert.deepEqual(counts(), { synced: all - 3, 'synced old': 1, 'pending old': 1 });
  assert.equal(await reaps(), 1);
  assert.equal((await stack.ctl(['cleanup'])).status, 0);
  assert.equal(await reaps(), 1, 'not twice a day');
  stack.sql("UPDATE sync_state SET reaped_at = now() - interval '25 hours'");
  assert.equal((await stack.ctl(['cleanup', '--quiet'])).stdout, '');
  assert.equal(await reaps(), 2);
});

test('cleanup when the mirror is down: reported, and tried again at the next', async () => {
  stack.sql('UPDATE sync_state SET reaped_at = NULL');
  await both.fault({ kind: 'status', status: 503, times: 1 });
  const run = await stack.ctl(['cleanup']);
  assert.equal(run.status, 75);
  assert.match(run.stderr, /tombstones: HTTP status 503/);
  assert.equal((await stack.ctl(['cleanup'])).status, 0);
  assert.notEqual(stack.sqlValue('SELECT reaped_at FROM sync_state'), '');
});
