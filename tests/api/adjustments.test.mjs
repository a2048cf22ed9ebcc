// What happens to an order after it was placed, and the bill that comes of it: voids,
// comps, discounts, waivers, refunds, credit, cash in coins, deposits. Figures worked by
// hand; where a law or a standard says what is right, it is named.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectProblem, expectStatus, get, joinSession, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

let stack, tokens, soup, wine;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  const { byName } = await readMenu(stack);
  [soup, wine] = [byName['Tandoori Roti'], byName['Cola, 300 ml']];
});
after(() => stack?.stop());

const price = (item, amount, rate = 'NULL') => stack.sql(`UPDATE menu_items SET price = ${amount}, tax_rate_ppm = ${rate} WHERE id = '${item.id}'`);
const settings = (changes) => stack.sql(`UPDATE restaurants SET ${Object.entries(changes).map(([k, v]) => `${k} = ${v}`).join(', ')} WHERE id = '${stack.restaurant().id}'`);
const plain = { tax_rate_ppm: 100000, prices_include_tax: false, service_charge_ppm: 0, service_charge_tax_rate_ppm: 'NULL', discount_reduces_tax: true,
  tax_parts: 'NULL', cash_rounding: 'NULL', round_all_methods: false };
const line = (item, quantity = 1) => ({ menu_item_id: item.id, quantity });
const ordered = async (token, items, fields = {}) => expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items, ...fields } }), 201).json;
const adjust = (order, body, token = tokens.manager) => post(stack, `/api/orders/${order.id}/adjustments`, { token, body: { reason: 'cold', ...body } });
const adjusted = async (order, body, token) => expectStatus(await adjust(order, body, token), 201).json;
const read = async (order) => expectStatus(await get(stack, `/api/orders/${order.id}`, { token: tokens.waiter }), 200).json;
const bill = async (table) => expectStatus(await get(stack, `/api/sessions/${table.session.id}/bill`, { token: tokens.waiter }), 200).json;
const pay = (body, token = tokens.waiter) => post(stack, '/api/payments', { token, body: { method: 'card', ...body } });
const paid = async (body) => expectStatus(await pay(body), 201).json;
const refund = (payment, body) => post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.cashier, body: { reason: 'cold', ...body } });
const refunded = async (payment, body) => expectStatus(await refund(payment, body), 201).json;
const close = (table, body) => post(stack, `/api/sessions/${table.session.id}/close`, { token: body ? tokens.manager : tokens.waiter, body });
let nextTable = 0;
/** A table of its own for a test. */
async function party(changes = {}) {
  settings({ ...plain, ...changes });
  const n = nextTable++ % stack.restaurant().tables.length;
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active' AND table_id = '${stack.restaurant().tables[n].id}'`);
  return openSession(stack, n);
}

test('ten coffees cost the same at once and one by one', async () => { // EN 16931, BT-117: tax is the rate of the base
  for (const [inclusive, each, rate, n, total, tax] of [[false, 105, 100000, 10, 1155, 105], [false, 104, 100000, 10, 1144, 104], [true, 250, 100000, 10, 2500, 227], [false, 289, 88750, 12, 3776, 308]]) {
    const one = await party({ prices_include_tax: inclusive, tax_rate_ppm: rate }), many = await party({ prices_include_tax: inclusive, tax_rate_ppm: rate });
    price(soup, each);
    await ordered(one.token, [line(soup, n)]);
    for (let i = 0; i < n; i++) await ordered(many.token, [line(soup)]);
    for (const table of [one, many]) {
      const { total_amount, tax_amount, taxes } = await bill(table);
      assert.deepEqual([total_amount, tax_amount, taxes], [total, tax, [{ rate_ppm: rate, taxable: n * each, amount: tax }]]);
    }
  }
});

test('cancelled orders leave the tax of the rest, however it was rounded', async () => {
  for (let first = 0; first < 5; first += 2) {
    const table = await party(), orders = [];
    price(soup, 104);
    for (let i = 0; i < 7; i++) orders.push(await ordered(table.token, [line(soup)]));
    for (const o of orders.slice(first, first + 3)) expectStatus(await put(stack, `/api/orders/${o.id}`, { token: table.token, body: { status: 'cancelled' } }), 200);
    const b = await bill(table);
    assert.deepEqual([b.subtotal, b.tax_amount, b.total_amount], [416, 42, 458]); // 41.6
    assert.equal(b.orders.reduce((sum, o) => sum + o.tax_amount, 0), 42);
  }
});

test('India: halves of the rate are rounded by themselves', async () => { // CGST act 2017, s. 170
  const table = await party({ tax_rate_ppm: 50000, tax_parts: `'[{"name":"CGST","share_ppm":500000},{"name":"SGST","share_ppm":500000}]'` });
  price(soup, 110);
  const a = await ordered(table.token, [line(soup)]);
  assert.deepEqual(a.taxes, [{ rate_ppm: 50000, taxable: 110, amount: 6, parts: [{ name: 'CGST', amount: 3 }, { name: 'SGST', amount: 3 }] }]); // 2.75 each
  await ordered(table.token, [line(soup)]);
  const b = await bill(table);
  assert.deepEqual(b.taxes, [{ rate_ppm: 50000, taxable: 220, amount: 12, parts: [{ name: 'CGST', amount: 6 }, { name: 'SGST', amount: 6 }] }]); // 5.5 each
});

test('Japan: eaten here 10 %, taken away 8 %', async () => { // Consumption tax act, reduced rate since 2019
  await party({ prices_include_tax: true });
  price(soup, 1080);
  stack.sql(`UPDATE menu_items SET takeaway_tax_rate_ppm = 80000 WHERE id = '${soup.id}'`);
  const quote = async (order_type) => expectStatus(await post(stack, '/api/orders/quote', { token: tokens.waiter,
    body: { order_type, items: [line(soup)], table_id: order_type === 'dine_in' ? stack.restaurant().tables[0].id : undefined } }), 200).json.tax_amount;
  assert.deepEqual([await quote('dine_in'), await quote('takeaway')], [98, 80]);
  stack.sql(`UPDATE menu_items SET takeaway_tax_rate_ppm = NULL WHERE id = '${soup.id}'`);
  settings({ takeaway_tax_rate_ppm: 50000 });
  assert.equal(await quote('takeaway'), 51);
  settings({ takeaway_tax_rate_ppm: 'NULL' });
});

test('the rate of what is taken away: the item\'s for that, the item\'s, the restaurant\'s for that, the restaurant\'s', async () => {
  price(soup, 10000);
  const { id } = stack.restaurant().tables[0];
  const rate = async (order_type) => {
    const body = { order_type, items: [line(soup)], ...(order_type === 'dine_in' ? { table_id: id } : {}) };
    const quote = expectStatus(await post(stack, '/api/orders/quote', { token: tokens.waiter, body }), 200).json;
    assert.equal(quote.tax_amount, quote.taxes[0].rate_ppm / 100);
    return quote.taxes[0].rate_ppm;
  };
  for (const itemAway of [null, 0, 10000]) for (const own of [null, 0, 20000]) for (const away of [null, 0, 30000]) {
    await party({ tax_rate_ppm: 40000, takeaway_tax_rate_ppm: away ?? 'NULL' });
    stack.sql(`UPDATE menu_items SET tax_rate_ppm = ${own ?? 'NULL'}, takeaway_tax_rate_ppm = ${itemAway ?? 'NULL'} WHERE id = '${soup.id}'`);
    const what = JSON.stringify([itemAway, own, away]);
    assert.equal(await rate('takeaway'), itemAway ?? own ?? away ?? 40000, what);
    assert.equal(await rate('dine_in'), own ?? 40000, what);
  }
  // At a table, too, where the restaurant lets guests order what they take along.
  const table = await party({ tax_rate_ppm: 40000, takeaway_tax_rate_ppm: 10000 });
  stack.sql(`UPDATE menu_items SET tax_rate_ppm = NULL, takeaway_tax_rate_ppm = NULL WHERE id = '${soup.id}'`);
  const along = () => post(stack, '/api/orders', { token: table.token, body: { order_type: 'takeaway', items: [line(soup)] } });
  expectProblem(await along(), 422, 'validation_failed', ['/order_type']);
  settings({ takeaway_at_tables: true });
  expectStatus(await along(), 201);
  await ordered(table.token, [line(soup)]);
  assert.deepEqual((await bill(table)).taxes, [{ rate_ppm: 10000, taxable: 10000, amount: 100 }, { rate_ppm: 40000, taxable: 10000, amount: 400 }]);
  settings({ takeaway_at_tables: false, takeaway_tax_rate_ppm: 'NULL' });
});

test('a service charge is of what is left after discounts, and taxed at its own rate', async () => {
  const table = await party({ service_charge_ppm: 100000, service_charge_tax_rate_ppm: 200000 });
  price(soup, 1234);
  const o = await ordered(tokens.cashier, [line(soup)], { session_id: table.session.id, discount_amount: 234 });
  assert.deepEqual([o.service_charge_ppm, o.service_charge_amount, o.tax_amount, o.total_amount], [100000, 100, 120, 1220]);
  assert.deepEqual(o.taxes, [{ rate_ppm: 100000, taxable: 1000, amount: 100 }, { rate_ppm: 200000, taxable: 100, amount: 20 }]);
  const later = await ordered(table.token, [line(soup)]);
  assert.equal(later.service_charge_amount, 123);
  // Guests may ask to have it taken off: of the whole table, and for later orders.
  expectProblem(await adjust(o, { kind: 'service_charge_waived' }, tokens.waiter), 403, 'insufficient_role');
  await adjusted(o, { kind: 'service_charge_waived' }, tokens.cashier);
  expectProblem(await adjust(o, { kind: 'service_charge_waived' }, tokens.cashier), 422, 'validation_failed', ['/kind']);
  assert.equal((await ordered(table.token, [line(soup)])).service_charge_amount, 0);
  const b = await bill(table);
  assert.deepEqual([b.service_charge_amount, b.taxes, b.total_amount], [0, [{ rate_ppm: 100000, taxable: 3468, amount: 347 }], 3815]);
  // What is taken away is not served.
  const away = await ordered(tokens.waiter, [line(soup)], { order_type: 'takeaway' });
  assert.equal(away.service_charge_amount, 0);
});

test('void: a line leaves the bill and the kitchen; who may depends on how far it is', async () => {
  const table = await party();
  price(soup, 1000);
  price(wine, 400);
  const o = await ordered(table.token, [line(soup, 3), line(wine)]), [l1, l2] = o.items;
  const screen = async () => expectStatus(await get(stack, '/api/kitchen', { token: tokens.kitchen }), 200).json.data.filter((x) => x.order_id === o.id).map((x) => [x.id, x.quantity]);
  const v = await adjusted(o, { kind: 'void', item_id: l1.id, quantity: 1 }, tokens.waiter);
  assert.deepEqual([v.kind, v.item_id, v.quantity, v.subtotal, v.tax_amount, v.total_amount, v.taxes], ['void', l1.id, 1, -1000, -100, -1100, [{ rate_ppm: 100000, taxable: -1000, amount: -100 }]]);
  assert.deepEqual(await screen(), [[l1.id, 2], [l2.id, 1]]);
  let now = await read(o);
  assert.deepEqual([now.total_amount, now.adjusted.total_amount, now.due], [3740, 2640, 2640], 'the order stays as it was placed');
  assert.equal(now.items[0].voided_quantity, 1);
  assert.deepEqual(now.adjustments, [v]);
  assert.deepEqual(expectStatus(await get(stack, `/api/orders/${o.id}/adjustments`, { token: table.token }), 200).json.data, [v]);
  expectProblem(await adjust(o, { kind: 'void', item_id: l1.id, quantity: 3 }), 422, 'validation_failed', ['/quantity']);
  expectStatus(await put(stack, `/api/orders/${o.id}/items/${l2.id}`, { token: tokens.kitchen, body: { status: 'preparing' } }), 200);
  expectProblem(await adjust(o, { kind: 'void', item_id: l2.id }, tokens.waiter), 403, 'insufficient_role');
  expectProblem(await adjust(o, { kind: 'void', item_id: l2.id }, tokens.kitchen), 403, 'insufficient_role');
  await adjusted(o, { kind: 'void', item_id: l2.id, reason: 'sold_out' }, tokens.kitchen);
  assert.deepEqual(await screen(), [[l1.id, 2]]);
  expectStatus(await put(stack, `/api/orders/${o.id}/items/${l1.id}`, { token: tokens.kitchen, body: { status: 'ready' } }), 200);
  assert.equal((await read(o)).status, 'ready', 'what was not made holds nothing up');
  expectProblem(await adjust(o, { kind: 'void', item_id: l1.id, reason: 'sold_out' }, tokens.kitchen), 403, 'insufficient_role');
  // The last line voided cancels the order, from any state.
  await adjusted(o, { kind: 'void', item_id: l1.id }, tokens.manager);
  now = await read(o);
  assert.deepEqual([now.status, now.adjusted.total_amount, now.due, now.payment_status], ['cancelled', 0, 0, 'unpaid']);
  assert.equal((await bill(table)).total_amount, 0);
  expectProblem(await adjust(o, { kind: 'discount', amount: 1 }), 409, 'order_cancelled');
  expectStatus(await close(table), 200);
});

test('comp and discount: on a line, on the order, by amount and by rate', async () => {
  const table = await party();
  price(soup, 1000);
  price(wine, 400, 200000);
  const o = await ordered(table.token, [line(soup, 2), line(wine)]), [l1, l2] = o.items;
  for (const role of ['kitchen', 'waiter', 'cashier']) expectProblem(await adjust(o, { kind: 'comp', item_id: l1.id }, tokens[role]), 403, 'insufficient_role');
  expectProblem(await adjust(o, { kind: 'discount', amount: 1 }, tokens.waiter), 403, 'insufficient_role');
  const c = await adjusted(o, { kind: 'comp', item_id: l2.id });
  assert.deepEqual([c.subtotal, c.tax_amount, c.total_amount], [-400, -80, -480]);
  const d = await adjusted(o, { kind: 'discount', rate_ppm: 100000, item_id: l1.id }, tokens.cashier);
  assert.deepEqual([d.rate_ppm, d.amount, d.discount_amount, d.tax_amount, d.total_amount], [100000, null, 200, -20, -220]);
  const e = await adjusted(o, { kind: 'discount', amount: 300 }, tokens.cashier);
  assert.deepEqual([e.discount_amount, e.total_amount], [300, -330]);
  assert.deepEqual((await read(o)).adjusted, { subtotal: 2000, discount_amount: 500, service_charge_amount: 0, tax_amount: 150, taxes: [{ rate_ppm: 100000, taxable: 1500, amount: 150 }],
    tip_amount: 0, deposit_used: 0, total_amount: 1650 });
  // A rate stays a rate of what stands: one soup less, 10 % of 1000.
  const v = await adjusted(o, { kind: 'void', item_id: l1.id, quantity: 1 });
  assert.deepEqual([v.subtotal, v.discount_amount, v.total_amount], [-1000, -100, -990]);
  for (const [body, field] of [[{ kind: 'discount' }, '/amount'], [{ kind: 'discount', amount: 1, rate_ppm: 1 }, '/rate_ppm'], [{ kind: 'discount', amount: 0 }, '/amount'],
    [{ kind: 'discount', amount: 601 }, '/amount'], [{ kind: 'void' }, '/item_id'], [{ kind: 'comp', item_id: randomUUID() }, '/item_id'], [{ kind: 'comp', item_id: l2.id }, '/item_id'],
    [{ kind: 'x' }, '/kind'], [{ kind: 'comp', item_id: l1.id, amount: 5 }, '/amount'], [{ kind: 'discount', amount: 1, reason: '' }, '/reason'], [{ kind: 'discount', amount: 1, x: 1 }, '/x']]) {
    expectProblem(await adjust(o, body), 422, 'validation_failed', [field]);
  }
  expectProblem(await adjust({ id: randomUUID() }, { kind: 'discount', amount: 1 }), 404, 'not_found');
});

test('restaurants that tax the price before the discount', async () => {
  const table = await party({ discount_reduces_tax: false });
  price(soup, 10000);
  const o = await ordered(tokens.cashier, [line(soup)], { session_id: table.session.id, discount_amount: 5000 });
  assert.deepEqual([o.tax_amount, o.total_amount], [1000, 6000]);
  await adjusted(o, { kind: 'discount', amount: 5000 });
  assert.deepEqual((await read(o)).adjusted.total_amount, 1000);
});

test('what costs nothing is paid', async () => {
  price(soup, 0);
  price(wine, 700);
  for (const [items, fields] of [[[line(soup)], {}], [[line(wine)], { discount_amount: 700 }], [[line(wine)], { deposit_used: 770 }]]) {
    const table = await party();
    const o = await ordered(tokens.cashier, items, { session_id: table.session.id, ...fields });
    assert.deepEqual([o.total_amount, o.payment_status, (await read(o)).payment_status], [0, 'paid', 'paid']);
    expectProblem(await pay({ order_id: o.id, amount: 1 }), 409, 'overpaid');
    expectStatus(await close(table), 200);
  }
  const table = await party(), o = await ordered(table.token, [line(wine)]);
  await adjusted(o, { kind: 'comp', item_id: o.items[0].id });
  assert.equal((await read(o)).payment_status, 'paid');
});

test('a paid order is not cancelled; money that is held keeps it, too', async () => {
  const table = await party();
  price(soup, 1000);
  const o = await ordered(table.token, [line(soup)]);
  const p = await paid({ order_id: o.id, amount: 1100 });
  const cancel = (token) => put(stack, `/api/orders/${o.id}`, { token, body: { status: 'cancelled', reason: 'changed their mind' } });
  for (const token of [table.token, tokens.waiter, tokens.manager]) expectProblem(await cancel(token), 409, 'order_paid');
  expectProblem(await del(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { reason: 'x' } }), 409, 'order_paid');
  await refunded(p, { amount: 1100 });
  expectStatus(await cancel(tokens.waiter), 200);
  assert.deepEqual([(await read(o)).payment_status, (await bill(table)).credit], ['refunded', 0]);
});

test('however an order with money on it is ended, the money stays in sight', async () => {
  price(soup, 1000);
  price(wine, 400);
  const steps = { pending: [], confirmed: ['confirmed'], preparing: ['preparing'], ready: ['ready'], served: ['served'], completed: ['completed'] };
  const away = await party();
  const ways = {
    cancelled: (o, token) => put(stack, `/api/orders/${o.id}`, { token, body: { status: 'cancelled', reason: 'changed their mind' } }),
    deleted: (o, token) => del(stack, `/api/orders/${o.id}`, { token, body: { reason: 'changed their mind' } }),
    'cancelled offline': async (o, token) => {
      const changes = [{ change_id: randomUUID(), type: 'order.status', payload: { order_id: o.id, status: 'cancelled', reason: 'changed their mind' } }];
      const [{ status, problem }] = expectStatus(await post(stack, '/api/sync', { token, body: { client_id: randomUUID(), changes } }), 200).json.results;
      return { status: status === 'applied' ? 200 : problem.status };
    },
    'voided line by line': async (o, token) => {
      const answers = [];
      for (const l of o.items) answers.push(await adjust(o, { kind: 'void', item_id: l.id }, token));
      return answers.find((a) => a.status !== 201) ?? answers.at(-1);
    },
    'moved to another table': (o, token) => post(stack, `/api/orders/${o.id}/transfer`, { token, body: { session_id: away.session.id, items: o.items.map((l) => ({ item_id: l.id })), reason: 'theirs' } }),
  };
  const ended = {};
  for (const [way, end] of Object.entries(ways)) for (const [state, path] of Object.entries(steps)) for (const who of ['guest', 'waiter', 'manager']) for (const part of [1540, 1]) {
    settings(plain);
    stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active' AND table_id = '${stack.restaurant().tables[1].id}'`);
    const table = await openSession(stack, 1), o = await ordered(table.token, [line(soup), line(wine)]);
    const p = await paid({ order_id: o.id, amount: part });
    for (const status of path) expectStatus(await put(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { status } }), 200);
    const answer = await end(o, { guest: table.token, ...tokens }[who]), what = `${way}, ${state}, by the ${who}: ${answer.status}`;
    const now = await bill(table), shown = now.paid - now.refunded;
    assert.equal(shown, part, what);
    assert.equal(now.credit, Math.max(0, part - now.total_amount), what);
    if (way.startsWith('cancelled') || way === 'deleted') assert.ok(answer.status >= 400, what);
    if (now.total_amount === 0) {
      ended[way] = (ended[way] ?? 0) + 1;
      expectProblem(await close(table), 409, 'refund_due');
      await refunded(p, { amount: part });
      assert.equal((await read(o)).payment_status, 'refunded', what);
    }
    assert.equal((await bill(table)).credit, 0, what);
  }
  assert.deepEqual(Object.keys(ended), ['voided line by line', 'moved to another table']);
});

test('credit: shown, kept from closing, paying what is ordered next, given back first', async () => {
  const table = await party();
  price(soup, 1000);
  price(wine, 400);
  const o = await ordered(table.token, [line(soup), line(wine)]);
  const p = await paid({ session_id: table.session.id, amount: 1540 });
  await adjusted(o, { kind: 'void', item_id: o.items[0].id });
  assert.deepEqual([(await read(o)).credit, (await bill(table)).credit, (await bill(table)).due], [1100, 1100, 0]);
  expectProblem(await close(table), 409, 'refund_due');
  // The guests do not pay twice for what they order instead.
  const next = await ordered(table.token, [line(wine)]);
  assert.deepEqual([next.payment_status, next.due], ['paid', 0]);
  assert.deepEqual([(await bill(table)).credit, (await read(o)).credit], [660, 660]);
  assert.equal(stack.sqlValue(`SELECT sum(amount) FROM allocation_moves WHERE to_order_id = '${next.id}'`), '440');
  const back = await refunded(p, { amount: 660 });
  assert.deepEqual([back.refunded_amount, (await read(o)).adjustments.length], [660, 1], 'credit goes back without another document');
  assert.deepEqual([(await bill(table)).credit, (await bill(table)).due], [0, 0]);
  expectStatus(await close(table), 200);
});

test('a refund lowers sales and tax with the money', async () => { // VAT directive 2006/112/EC, art. 90
  const table = await party({ prices_include_tax: true });
  price(soup, 4000);
  price(wine, 1220, 220000);
  const o = await ordered(table.token, [line(soup), line(wine)]);
  assert.equal(o.tax_amount, 364 + 220);
  const p = await paid({ order_id: o.id, amount: 5220 });
  await refunded(p, { items: [{ item_id: o.items[1].id }] });
  let now = await read(o);
  assert.deepEqual([now.adjusted.total_amount, now.adjusted.taxes, now.payment_status, now.due], [4000, [{ rate_ppm: 100000, taxable: 4000, amount: 364 }], 'partially_refunded', 0]);
  assert.deepEqual(now.adjustments.map((a) => [a.kind, a.total_amount]), [['comp', -1220]]);
  await refunded(p, { amount: 1100 });
  now = await read(o);
  assert.deepEqual([now.adjusted.total_amount, now.adjusted.tax_amount, now.adjustments[1].kind, now.adjustments[1].reason], [2900, 264, 'discount', 'cold']); // 1100 holds 100
  expectProblem(await refund(p, { items: [{ item_id: o.items[1].id }] }), 422, 'validation_failed', ['/items/0/item_id']);
  expectProblem(await refund(p, { amount: 1, items: [{ item_id: o.items[0].id }] }), 422, 'validation_failed', ['/amount']);
  await refunded(p, { amount: 2900 });
  now = await read(o);
  assert.deepEqual([now.adjusted.total_amount, now.adjusted.tax_amount, now.payment_status], [0, 0, 'refunded']);
});

test('a tip is no sale: it is given back last, and is no discount', async () => {
  for (const [inclusive, service] of [[false, 0], [true, 0], [false, 100000]]) {
    const table = await party({ prices_include_tax: inclusive, service_charge_ppm: service });
    price(soup, 1100);
    const o = await ordered(table.token, [line(soup)], { tip_amount: 300 });
    const p = await paid({ order_id: o.id, amount: o.total_amount });
    const figures = async () => {
      const { adjusted: a } = await read(o), b = await bill(table);
      assert.deepEqual([b.discount_amount, b.tip_amount, b.tax_amount, b.total_amount], [a.discount_amount, a.tip_amount, a.tax_amount, a.total_amount]);
      return [a.subtotal + a.service_charge_amount + (inclusive ? 0 : a.tax_amount) - a.discount_amount, a.tax_amount, a.tip_amount];
    };
    const sale = o.total_amount - 300;
    await refunded(p, { amount: 110 });
    assert.deepEqual(await figures(), [sale - 110, o.tax_amount - (service ? 9 : 10), 300]); // an untaxed service charge is a part of the sale
    await refunded(p, { amount: sale - 110 + 100 });
    assert.deepEqual(await figures(), [0, 0, 200]);
    await refunded(p, { amount: 200 });
    assert.deepEqual(await figures(), [0, 0, 0]);
    assert.deepEqual((await read(o)).adjustments.map((a) => a.tip_amount), [0, -100, -200]);
    assert.equal((await read(o)).payment_status, 'refunded');
  }
});

test('what comes off the sale after money went back leaves the tip alone', async () => {
  const table = await party();
  price(soup, 1000);
  price(wine, 2000);
  const o = await ordered(table.token, [line(soup), line(wine)], { tip_amount: 300 }); // 3300 with tax
  const p = await paid({ order_id: o.id, amount: 3600 });
  const figures = async () => {
    const { adjusted: a, due, credit } = await read(o);
    return [a.subtotal - a.discount_amount, a.tax_amount, a.tip_amount, due, credit];
  };
  await refunded(p, { amount: 2200 });
  assert.deepEqual(await figures(), [1000, 100, 300, 0, 0]);
  await adjusted(o, { kind: 'comp', item_id: o.items[1].id });
  assert.deepEqual(await figures(), [0, 0, 300, 0, 1100]);
  await refunded(p, { amount: 1100 }); // the credit
  assert.deepEqual(await figures(), [0, 0, 300, 0, 0]);
  await refunded(p, { amount: 100 });
  assert.deepEqual(await figures(), [0, 0, 200, 0, 0]);
  await adjusted(o, { kind: 'comp', item_id: o.items[0].id });
  assert.deepEqual(await figures(), [0, 0, 200, 0, 0]);
  await refunded(p, { amount: 200 });
  assert.deepEqual([await figures(), (await read(o)).payment_status], [[0, 0, 0, 0, 0], 'refunded']);
});

test('a tip that an earlier build gave back as a discount is moved to where it belongs', async () => {
  const table = await party();
  price(soup, 1000);
  const o = await ordered(table.token, [line(soup)], { tip_amount: 300 });
  await refunded(await paid({ order_id: o.id, amount: 1400 }), { amount: 1200 });
  stack.sql(`SET session_replication_role = replica;
    UPDATE order_adjustments SET tip_amount = 0, discount_amount = discount_amount + 100 WHERE order_id = '${o.id}';
    UPDATE orders SET standing = jsonb_set(jsonb_set(standing, '{adjusted,tip_amount}', '300'), '{adjusted,discount_amount}', '1100') WHERE id = '${o.id}';
    RESET session_replication_role`);
  const other = await ordered(table.token, [line(soup)]);
  await adjusted(other, { kind: 'comp', item_id: other.items[0].id });
  const { adjusted: a, adjustments, due, credit } = await read(o);
  assert.deepEqual([a.discount_amount, a.tip_amount, a.total_amount, due, credit], [1000, 200, 200, 0, 0]);
  assert.deepEqual(adjustments.slice(1).map((d) => [d.kind, d.discount_amount, d.tip_amount, d.total_amount]), [['rounding', -100, -100, 0]]);
});

test('a payment that was wrong: given back, and due again; or void', async () => {
  const table = await party({ tax_rate_ppm: 0 });
  price(soup, 1000);
  const o = await ordered(table.token, [line(soup, 2)]);
  const wrong = await paid({ session_id: table.session.id, amount: 2000 });
  await refunded(wrong, { amount: 2000, reopens_due: true });
  assert.deepEqual([(await bill(table)).due, (await read(o)).payment_status], [2000, 'unpaid']);
  expectProblem(await close(table), 409, 'unpaid_orders'); // nothing was kept
  const again = await paid({ session_id: table.session.id, amount: 2000, tip_amount: 100, method: 'cash' });
  const voided = (payment, body = { reason: 'another table' }, token = tokens.cashier) => post(stack, `/api/payments/${payment.id}/void`, { token, body });
  expectProblem(await voided(again, undefined, tokens.waiter), 403, 'insufficient_role');
  expectProblem(await voided(again, {}), 422, 'validation_failed', ['/reason']);
  expectProblem(await voided(wrong), 409, 'payment_refunded');
  const gone = expectStatus(await voided(again), 200).json;
  assert.ok(gone.voided_at);
  assert.deepEqual([gone.void_reason, gone.allocations, (await bill(table)).due, (await bill(table)).tips_paid], ['another table', [], 2000, 0]);
  expectProblem(await voided(again), 409, 'payment_void');
  expectProblem(await refund(again, { amount: 1 }), 409, 'payment_void');
  expectProblem(await close(table), 409, 'unpaid_orders');
  await paid({ session_id: table.session.id, amount: 2000 });
  expectStatus(await close(table), 200);
});

test('Switzerland: cash in five rappen', async () => {
  price(soup, 1002);
  price(wine, 998);
  for (const [item, method, amount, rounding, due] of [[soup, 'cash', 1000, -2, 0], [wine, 'cash', 1000, 2, 0], [soup, 'card', 1000, 0, 2], [soup, 'cash', 1002, 0, 0], [soup, 'cash', 900, 0, 102]]) {
    const table = await party({ tax_rate_ppm: 0, cash_rounding: 5 });
    await ordered(table.token, [line(item)]);
    const p = await paid({ session_id: table.session.id, amount, method, tip_amount: 3 });
    assert.deepEqual([p.amount, p.rounding_amount, p.tip_amount], [amount, rounding, 3], 'a tip is not rounded');
    assert.deepEqual([(await bill(table)).due, (await bill(table)).rounding_amount], [due, rounding]);
    if (due === 2) await paid({ session_id: table.session.id, amount: 0, method: 'cash' }); // less than half a coin
    if (due > 2) continue;
    expectStatus(await close(table), 200);
    // All of it back: what was paid, and the rounding with it.
    const back = await refunded(p, { amount });
    assert.equal(back.refunded_amount, amount);
    const now = await bill(table);
    assert.equal(now.rounding_amount, due === 2 ? -2 : 0, 'what was rounded away with it is no more'); // the two that 0 settled
  }
  const table = await party({ tax_rate_ppm: 0, cash_rounding: 5, round_all_methods: true });
  await ordered(table.token, [line(soup)]);
  assert.equal((await paid({ session_id: table.session.id, amount: 1000 })).rounding_amount, -2);
  // CHF has its coins without being told.
  assert.equal(stack.sqlValue(`SELECT cash_coin('CHF', NULL) || ' ' || cash_coin('EUR', NULL) || ' ' || cash_coin('CHF', 1)`), '5 1 1');
});

test('yen and pesos without decimals, dinars with three: whole units, nothing is lost', async () => {
  const was = stack.sqlValue(`SELECT currency FROM restaurants WHERE id = '${stack.restaurant().id}'`);
  try {
    for (const [currency, exponent, rate, inclusive, each, total, tax] of [['JPY', 0, 100000, true, 1100, 1100, 100], ['JPY', 0, 80000, true, 999, 999, 74], ['JPY', 0, 100000, false, 105, 116, 11],
      ['CLP', 0, 190000, true, 4990, 4990, 797], ['KWD', 3, 0, false, 1250, 1250, 0], ['BHD', 3, 100000, false, 1255, 1381, 126]]) {
      const asha = await party({ currency: `'${currency}'`, tax_rate_ppm: rate, prices_include_tax: inclusive });
      for (const name of ['Bela', 'Chen']) await joinSession(stack, asha.code, asha.pin, { name });
      price(soup, each);
      const told = expectStatus(await get(stack, '/api/restaurant', { token: tokens.waiter }), 200).json;
      assert.deepEqual([told.currency, told.currency_exponent], [currency, exponent]);
      const o = await ordered(asha.token, [line(soup)]);
      assert.deepEqual([o.currency, o.total_amount, o.tax_amount], [currency, total, tax]);
      const { shares } = expectStatus(await post(stack, `/api/sessions/${asha.session.id}/split`, { token: tokens.waiter, body: { by: 'equal', parts: 3 } }), 201).json;
      assert.equal(shares.reduce((sum, s) => sum + s.amount, 0), total);
      for (const s of shares) {
        const p = await paid({ share_id: s.id, amount: s.amount, method: 'cash' });
        assert.deepEqual([p.currency, p.amount, p.rounding_amount], [currency, s.amount, 0]);
      }
      const b = await bill(asha);
      assert.deepEqual([b.currency, b.due, b.rounding_amount], [currency, 0, 0]);
      expectStatus(await close(asha), 200);
    }
  } finally {
    settings({ currency: `'${was}'` });
  }
});

test('a tip alone, also when nothing is due', async () => {
  const table = await party({ tax_rate_ppm: 0 });
  price(soup, 1000);
  await ordered(table.token, [line(soup)]);
  await paid({ session_id: table.session.id, amount: 1000 });
  const tip = await paid({ session_id: table.session.id, amount: 0, tip_amount: 150 });
  assert.deepEqual([tip.amount, tip.tip_amount, tip.allocations, (await bill(table)).tips_paid], [0, 150, [], 150]);
  expectStatus(await close(table), 200);
  assert.equal((await paid({ session_id: table.session.id, amount: 0, tip_amount: 20 })).tip_amount, 20);
});

test('a deposit is a payment that orders use up', async () => {
  const table = await party({ tax_rate_ppm: 0 });
  price(soup, 1000);
  const deposit = await paid({ purpose: 'deposit', amount: 1500, method: 'cash' });
  assert.deepEqual([deposit.purpose, deposit.order_id, deposit.session_id], ['deposit', null, null]);
  const use = (deposit_used, deposit_id = deposit.id) => post(stack, '/api/orders', { token: tokens.cashier,
    body: { order_type: 'dine_in', session_id: table.session.id, items: [line(soup)], deposit_used, deposit_id } });
  const first = expectStatus(await use(1000), 201).json;
  assert.deepEqual([first.total_amount, first.payment_status, first.deposit_id], [0, 'paid', deposit.id]);
  expectProblem(await use(501), 422, 'validation_failed', ['/deposit_used']);
  expectProblem(await use(undefined), 422, 'validation_failed', ['/deposit_used']);
  expectProblem(await use(1, randomUUID()), 422, 'validation_failed', ['/deposit_id']);
  expectProblem(await use(1, (await paid({ session_id: table.session.id, amount: 0, tip_amount: 1 })).id), 422, 'validation_failed', ['/deposit_id']);
  expectProblem(await refund(deposit, { amount: 501 }), 409, 'refund_exceeds_payment');
  await refunded(deposit, { amount: 100 });
  expectProblem(await use(401), 422, 'validation_failed', ['/deposit_used']);
  expectStatus(await use(400), 201);
  expectStatus(await put(stack, `/api/orders/${first.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }), 200);
  expectStatus(await use(1000), 201);
  expectProblem(await pay({ purpose: 'deposit', amount: 5, session_id: table.session.id }), 422, 'validation_failed', ['/purpose']);
});

test('an order takes no more of a deposit than it comes to', async () => {
  const table = await party({ tax_rate_ppm: 0 });
  price(soup, 1000);
  const deposit = await paid({ purpose: 'deposit', amount: 1500, method: 'cash' });
  const use = (deposit_used) => post(stack, '/api/orders', { token: tokens.cashier,
    body: { order_type: 'dine_in', session_id: table.session.id, items: [line(soup), line(soup)], deposit_used, deposit_id: deposit.id } });
  const o = expectStatus(await use(1500), 201).json;
  const c = await adjusted(o, { kind: 'comp', item_id: o.items[0].id });
  assert.deepEqual([c.total_amount, c.deposit_used], [-500, -500]);
  const now = await read(o);
  assert.deepEqual([now.adjusted.total_amount, now.adjusted.deposit_used, now.due, now.credit, now.payment_status], [0, 1000, 0, 0, 'paid']);
  expectProblem(await use(501), 422, 'validation_failed', ['/deposit_used']);
  expectProblem(await refund(deposit, { amount: 501 }), 409, 'refund_exceeds_payment');
  // What was given back lowers what the order comes to, so what it takes.
  const other = expectStatus(await use(500), 201).json, p = await paid({ order_id: other.id, amount: 1500 });
  await refunded(p, { amount: 300 });
  await adjusted(other, { kind: 'discount', amount: 1400 });
  const then = await read(other);
  assert.deepEqual([then.adjusted.total_amount, then.adjusted.deposit_used, then.credit], [0, 300, 1200]);
  await refunded(deposit, { amount: 200 });
});

test('a rate after a refund is one of what still stands', async () => {
  price(soup, 1000);
  price(wine, 3000);
  const given = async (changes, items, back, discount) => {
    const table = await party(changes), o = await ordered(table.token, items);
    const p = await paid({ order_id: o.id, amount: o.total_amount });
    await refunded(p, { amount: back });
    const made = await adjusted(o, { kind: 'discount', ...discount, ...(discount.item_id ? { item_id: o.items[discount.item_id - 1].id } : {}) });
    assert.deepEqual([made.rate_ppm, made.amount], [null, 0 - made.total_amount]);
    return [made.total_amount, (await read(o)).adjusted.total_amount, (await bill(table)).credit];
  };
  const inclusive = { prices_include_tax: true };
  assert.deepEqual(await given(inclusive, [line(soup)], 500, { rate_ppm: 100000 }), [-50, 450, 50]);
  assert.deepEqual(await given(inclusive, [line(soup)], 1000, { rate_ppm: 100000 }), [0, 0, 0]);
  assert.deepEqual(await given(inclusive, [line(soup), line(wine)], 1000, { rate_ppm: 200000 }), [-600, 2400, 600]);
  assert.deepEqual(await given(inclusive, [line(soup), line(wine)], 1000, { rate_ppm: 200000, item_id: 1 }), [-150, 2850, 150]);
  // Before the refund a rate goes on being one of all that stands.
  const table = await party(inclusive), o = await ordered(table.token, [line(soup, 2)]);
  assert.equal((await adjusted(o, { kind: 'discount', rate_ppm: 100000 })).rate_ppm, 100000);
  await refunded(await paid({ order_id: o.id, amount: 1800 }), { amount: 300 });
  await adjusted(o, { kind: 'void', item_id: o.items[0].id, quantity: 1 });
  assert.equal((await read(o)).adjusted.total_amount, 600);
});

test('what comes to nothing is not given back', async () => {
  const table = await party({ tax_rate_ppm: 0, cash_rounding: 5 });
  price(soup, 1000);
  price(wine, 3);
  const o = await ordered(table.token, [line(soup), line(wine)]);
  const p = await paid({ session_id: table.session.id, amount: 1005, method: 'cash' });
  expectProblem(await refund(p, { amount: 2 }), 422, 'validation_failed', ['/amount']);
  await adjusted(o, { kind: 'discount', amount: 1000, item_id: o.items[0].id });
  expectProblem(await refund(p, { items: [{ item_id: o.items[0].id }] }), 422, 'validation_failed', ['/items']);
  assert.equal((await bill(table)).credit, 1000);
});

test('an item that is worth nothing gives nothing back, even if the table\'s tax is rounded again', async () => {
  const table = await party();
  price(soup, 105);
  price(wine, 0);
  const o = await ordered(table.token, [line(soup), line(wine)]);
  assert.deepEqual([o.tax_amount, o.total_amount], [11, 116]);
  // As an earlier build may have rounded it: down.
  stack.sql(`SET session_replication_role = replica; UPDATE orders SET tax_amount = 10, total_amount = 115, taxes = jsonb_set(taxes::jsonb, '{0,amount}', '10')
    WHERE id = '${o.id}'`);
  const p = await paid({ order_id: o.id, amount: 115, tip_amount: 20 }), items = [{ item_id: o.items[1].id }];
  expectProblem(await refund(p, { items }), 422, 'validation_failed', ['/items']);
  assert.deepEqual((await bill(table)).due, 0);
  const back = await refunded(p, { items, tip_amount: 20 });
  assert.deepEqual([back.refunded_amount, back.refunds[0].amount, back.refunds[0].rounding_amount], [0, 0, 0]);
  const now = await bill(table);
  assert.deepEqual([now.total_amount, now.due, now.credit], [116, 1, 0]);
});

test('credit of less than half a coin is settled by no money', async () => {
  const table = await party({ tax_rate_ppm: 0, cash_rounding: 5 });
  price(soup, 998);
  price(wine, 1);
  const o = await ordered(table.token, [line(soup), line(wine, 2)]);
  const p = await paid({ session_id: table.session.id, amount: 1000, method: 'cash' });
  await adjusted(o, { kind: 'void', item_id: o.items[1].id });
  assert.equal((await bill(table)).credit, 2);
  expectProblem(await close(table), 409, 'refund_due');
  expectProblem(await refund(p, { amount: 1 }), 422, 'validation_failed', ['/amount']); // it would go on by ones
  const back = await refunded(p, { amount: 2 });
  assert.deepEqual([back.refunded_amount, back.refunds[0].amount, back.refunds[0].rounding_amount], [0, 0, -2]);
  const now = await bill(table);
  assert.deepEqual([now.credit, now.due, now.total_amount, now.rounding_amount], [0, 0, 998, 2]);
  expectProblem(await refund(p, { amount: 2 }), 422, 'validation_failed', ['/amount']);
  expectStatus(await close(table), 200);
});

test('a guest pays the own share: nobody else\'s order', async () => {
  const asha = await party({ tax_rate_ppm: 0 }), bela = await joinSession(stack, asha.code, asha.pin, { name: 'Bela' });
  price(soup, 1000);
  const a = await ordered(asha.token, [line(soup)]), b = await ordered(bela.token, [line(soup, 3)]);
  await paid({ session_id: asha.session.id, diner_id: bela.diner.id, amount: 3000 });
  assert.deepEqual([(await read(a)).due, (await read(b)).due], [1000, 0]);
  expectProblem(await pay({ session_id: asha.session.id, diner_id: bela.diner.id, amount: 1 }), 409, 'overpaid');
  // A bottle for the table: each pays half of it, and it is remembered who has.
  await ordered(tokens.waiter, [line(soup)], { session_id: asha.session.id });
  const shares = async () => expectStatus(await get(stack, `/api/sessions/${asha.session.id}/bill?split=diner`, { token: tokens.waiter }), 200).json.shares.map((s) => s.amount);
  assert.deepEqual(await shares(), [1500, 500]);
  await paid({ session_id: asha.session.id, diner_id: bela.diner.id, amount: 500 });
  assert.deepEqual(await shares(), [1500, 0]);
  expectProblem(await pay({ session_id: asha.session.id, diner_id: bela.diner.id, amount: 1 }), 409, 'overpaid');
  expectProblem(await pay({ session_id: asha.session.id, diner_id: randomUUID(), amount: 1 }), 422, 'validation_failed', ['/diner_id']);
  await paid({ session_id: asha.session.id, diner_id: asha.diner.id, amount: 1500 });
  assert.equal((await bill(asha)).due, 0);
});

test('who deleted an order, when and why, is there to read', async () => {
  const table = await party();
  price(soup, 1000);
  const o = await ordered(table.token, [line(soup)]);
  expectStatus(await del(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  const full = expectStatus(await get(stack, `/api/orders/${o.id}?include_deleted=true`, { token: tokens.owner }), 200).json;
  assert.deepEqual(full.adjustments.map((a) => [a.kind, a.reason, a.actor_role, a.total_amount]), [['deleted', 'entered twice', 'manager', -1100]]);
  const history = expectStatus(await get(stack, `/api/orders/${o.id}/history`, { token: tokens.owner }), 200).json.data;
  assert.deepEqual(history.at(-1).to, 'deleted');
  assert.equal(history.at(-1).reason, 'entered twice');
  expectProblem(await get(stack, `/api/orders/${o.id}/history`, { token: tokens.waiter }), 404, 'not_found');
  const log = expectStatus(await get(stack, `/api/sessions/${table.session.id}/activity`, { token: tokens.owner }), 200).json.data;
  assert.ok(log.some((l) => l.action === 'order_deleted' && l.details.order_id === o.id));
});

test('lines go to another table: the same prices, the same lines in the kitchen', async () => {
  const here = await party({ service_charge_ppm: 100000 }), there = await party({ service_charge_ppm: 100000 });
  price(soup, 1000);
  price(wine, 405);
  const o = await ordered(here.token, [line(soup, 3), { ...line(wine), special_instructions: 'no ice' }]), [l1, l2] = o.items;
  await ordered(there.token, [line(wine)]);
  expectStatus(await put(stack, `/api/orders/${o.id}/items/${l2.id}`, { token: tokens.kitchen, body: { status: 'preparing' } }), 200);
  price(soup, 9999); // another price by now
  const move = (items, session_id = there.session.id, token = tokens.waiter) => post(stack, `/api/orders/${o.id}/transfer`, { token, body: { session_id, items, reason: 'they moved' } });
  expectProblem(await move([{ item_id: l1.id }], there.session.id, tokens.kitchen), 403, 'insufficient_role');
  expectProblem(await move([{ item_id: l1.id }], here.session.id), 422, 'validation_failed', ['/session_id']);
  expectProblem(await move([{ item_id: l1.id }], randomUUID()), 422, 'validation_failed', ['/session_id']);
  expectProblem(await move([{ item_id: l1.id, quantity: 4 }]), 422, 'validation_failed', ['/items/0/quantity']);
  expectProblem(await move([{ item_id: l1.id }, { item_id: l1.id }]), 422, 'validation_failed', ['/items/1/item_id']);
  const n = expectStatus(await move([{ item_id: l1.id, quantity: 1 }, { item_id: l2.id }]), 201).json;
  assert.deepEqual([n.session_id, n.table_id, n.subtotal, n.status], [there.session.id, there.session.table_id, 1405, 'pending']);
  assert.deepEqual(n.items.map((i) => [i.name, i.price, i.quantity, i.status, i.special_instructions]), [['Tandoori Roti', 1000, 1, 'pending', null], ['Cola, 300 ml', 405, 1, 'preparing', 'no ice']]);
  const now = await read(o);
  assert.deepEqual(now.adjustments.map((a) => [a.kind, a.quantity, a.transfer_order_id]), [['void', 1, n.id], ['void', 1, n.id]]);
  assert.equal(now.adjusted.subtotal, 2000);
  // Both tables are rounded again: 10 % for service, 10 % tax.
  assert.deepEqual([(await bill(here)).total_amount, (await bill(there)).total_amount], [2000 + 200 + 200, 1810 + 181 + 181]);
  assert.deepEqual((await bill(there)).orders.reduce((sum, x) => sum + x.tax_amount, 0), 181);
  // The last of it: the order is cancelled, and what was paid is credit at the old table.
  await paid({ session_id: here.session.id, amount: 2400 });
  expectStatus(await move([{ item_id: l1.id }]), 201);
  assert.deepEqual([(await read(o)).status, (await bill(here)).credit], ['cancelled', 2400]);
});

test('two at once take a line off once', async () => {
  const table = await party();
  price(soup, 1000);
  const o = await ordered(table.token, [line(soup)]);
  const answers = await Promise.all(Array.from({ length: 8 }, () => adjust(o, { kind: 'void', item_id: o.items[0].id })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409, 409, 409, 409, 409, 409, 409]);
  assert.equal((await read(o)).adjustments.length, 1);
});

test('a table of many orders and lines, altered at once', async () => {
  const table = await party({ service_charge_ppm: 100000 }), other = await party({ service_charge_ppm: 100000 }), orders = [];
  price(soup, 105);
  for (let i = 0; i < 30; i++) orders.push(await ordered(table.token, [line(soup)]));
  await adjusted(orders[0], { kind: 'service_charge_waived' }, tokens.cashier);
  const b = await bill(table);
  assert.deepEqual([b.service_charge_amount, b.tax_amount, b.total_amount], [0, 315, 3465]);
  const shares = orders.map((o, i) => ({ label: `${i}`, items: [{ item_id: o.items[0].id }] }));
  const split = expectStatus(await post(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter, body: { by: 'item', shares } }), 201).json.shares;
  assert.equal(split.reduce((sum, s) => sum + s.due, 0), 3465);
  const long = await ordered(tokens.waiter, Array.from({ length: 60 }, () => line(soup)), { session_id: other.session.id });
  const moved = expectStatus(await post(stack, `/api/orders/${long.id}/transfer`, { token: tokens.waiter,
    body: { session_id: table.session.id, items: long.items.map((l) => ({ item_id: l.id, quantity: 1 })), reason: 'they sit there' } }), 201).json;
  assert.deepEqual([moved.items.length, (await bill(other)).total_amount, (await bill(table)).total_amount], [60, 0, 3465 + 6300 + 630]);
});
