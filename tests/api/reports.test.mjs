// Reports of sales: figures by business day, item, hour and method against the
// tables themselves, on the days when clocks change too; JSON and CSV the same.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, expectProblem, expectStatus, get, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { guarded, parseCsv } from './lib/csv.mjs';
import { random } from './lib/random.mjs';
import { seeToo, shareStack } from './lib/shared.mjs';

const york = 'hudson-diner';
const kinds = ['day', 'hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason'];
const ofLines = ['item', 'category', 'tax_rate']; // an order has several of these: orders are not counted

let stack, rome, india;
const places = {}; // by slug: id, slug, owner's token, the menu's items
let placed = 100_000; // the last number of an order that a test wrote by itself

before(async () => {
  stack = await shareStack();
  ({ slug: india, otherSlug: rome } = stack);
  for (const slug of [rome, india])
    places[slug] = { slug, id: stack.restaurant(slug).id, token: await tokenOf(stack, 'owner', slug), items: (await readMenu(stack, slug)).items };
  const done = async (args, input) => {
    const result = await stack.ctl(args, { input });
    assert.equal(result.status, 0, result.stderr);
    return result.stdout.trim();
  };
  const id = await done(['restaurant', 'add', '--slug', york, '--name', 'Hudson Diner', '--currency', 'USD', '--timezone', 'America/New_York']);
  await done(['staff', 'add', '--restaurant', york, '--email', 'owner@hudson.example', '--name', 'Ida', '--role', 'owner', '--password-stdin'], 'a long password\n');
  const { access_token: token } = expectStatus(await post(stack, '/api/auth/login',
    { body: { restaurant: york, email: 'owner@hudson.example', password: 'a long password' } }), 200).json;
  seeToo(stack, id);
  places[york] = { slug: york, id, token, items: [] };
});
after(() => stack?.stop());

// ---- Asking

const ask = (slug, query, headers = {}, token = places[slug].token) => get(stack, `/api/reports/sales?${query}`, { token, headers });

test('the reader of CSV is strict', () => {
  assert.deepEqual(parseCsv('a,"b ""c"",\r\n"\r\n,"",\r\n'.replace(/,\r\n$/, '\r\n')).map((r) => r.map((f) => f.text)), [['a', 'b "c",\r\n'], ['', '']]);
  for (const bad of ['a', 'a\n', 'a\r', 'a"b\r\n', '"a"b\r\n', '"a\r\n', 'a\rb\r\n', 'a,b\r\nc\r\n', ' "a"\r\n']) assert.throws(() => parseCsv(bad), undefined, JSON.stringify(bad));
});

const isText = (name) => ['business_date', 'hour', 'menu_item_id', 'category_id', 'name', 'category', 'method', 'staff_id', 'table_id', 'order_type', 'kind', 'reason'].includes(name);

/** The CSV's rows as JSON would have them, but for the apostrophes. */
function rowsOfCsv(text) {
  const [header, ...records] = parseCsv(text);
  const names = header.map((field) => field.text);
  return { names, rows: records.map((record) => Object.fromEntries(record.map((field, i) => {
    if (isText(names[i]) || (names[i] === 'tax_rate_ppm' && field.text === '')) return [names[i], field.text];
    assert.match(field.text, /^-?(0|[1-9][0-9]*)$/);
    assert.ok(!field.quoted, `a quoted number: ${field.text}`);
    return [names[i], Number(field.text)];
  }))) };
}

const figures = ['orders', 'quantity', 'subtotal', 'discount_amount', 'service_charge_amount', 'taxable_amount', 'tax_amount', 'tip_amount', 'deposit_used', 'total_amount',
  'void_amount', 'comp_amount', 'cancelled_amount', 'payments', 'paid', 'tips', 'deposits', 'rounding_amount', 'refunded', 'refunded_tips', 'refunded_deposits', 'net'];
const lineFigures = figures.filter((name) => name !== 'orders');
const columns = {
  day: ['business_date', ...figures], hour: ['hour', ...figures], item: ['menu_item_id', 'name', 'category', ...lineFigures], category: ['category_id', 'name', ...lineFigures],
  method: ['method', ...figures], tax_rate: ['tax_rate_ppm', ...lineFigures], staff: ['staff_id', 'name', ...figures], table: ['table_id', 'name', ...figures],
  order_type: ['order_type', ...figures], reason: ['reason', 'kind', ...figures],
};

/** A report, once what holds for each was checked: its CSV, its totals, its form. */
async function report(slug, by, from, to = from) {
  const query = `from=${from}&to=${to}&by=${by}`;
  const answer = expectStatus(await ask(slug, query), 200);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const { rows, totals, ...head } = answer.json;
  const [currency, timezone, start] = stack.sql(`SELECT currency, timezone, to_char(business_day_start, 'HH24:MI') FROM restaurants WHERE slug = '${slug}'`)[0];
  assert.deepEqual(head, { from, to, by, currency, timezone, business_day_start: start });
  for (const row of rows) assert.deepEqual(Object.keys(row), columns[by]);
  const summed = columns[by].filter((name) => figures.includes(name));
  assert.deepEqual(totals, Object.fromEntries(summed.map((name) => [name, rows.reduce((sum, row) => sum + row[name], 0)])));
  const csv = expectStatus(await ask(slug, query, { Accept: 'text/csv' }), 200);
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
  const { names, rows: same } = rowsOfCsv(csv.text);
  assert.deepEqual(names, columns[by]);
  assert.deepEqual(same, rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? '' : isText(name) ? guarded(value) : value]))));
  return answer.json;
}

// ---- Writing history

const literal = (text) => (text === null ? 'NULL' : `'${String(text).replaceAll("'", "''")}'`);

/** Rows into a table as a superuser, past the guards. */
function insert(table, rows) {
  if (rows.length === 0) return;
  const names = Object.keys(rows[0]);
  const values = rows.map((row) => `(${names.map((name) => (typeof row[name] === 'object' && row[name] !== null ? row[name].sql : literal(row[name]))).join(', ')})`);
  for (let i = 0; i < values.length; i += 300)
    stack.sql(`SET session_replication_role = replica; INSERT INTO ${table} (${names.join(', ')}) VALUES ${values.slice(i, i + 300).join(', ')}`);
}

const dayOf = (slug, at) => ({ sql: `(SELECT business_date('${at}', r.timezone, r.business_day_start) FROM restaurants r WHERE r.slug = '${slug}')` });

/** Orders of the past: {at, lines: [[item, quantity, price, name]], tax, tip, discount, deposit, status, deleted}; their ids. */
function writeOrders(slug, orders) {
  const { id: restaurant_id } = places[slug];
  const lines = [];
  const rows = orders.map(({ at, lines: given = [], tax = 0, tip = 0, discount = 0, deposit = 0, status = 'completed', deleted = false }) => {
    const id = randomUUID();
    let subtotal = 0;
    given.forEach(([item, quantity, price, name], i) => {
      subtotal += quantity * price;
      lines.push({ restaurant_id, id: randomUUID(), order_id: id, position: i + 1, menu_item_id: item.id, name: name ?? item.name, price,
        customization_amount: 0, quantity, subtotal: quantity * price, tax_rate_ppm: 50000 });
    });
    return { restaurant_id, id, business_date: dayOf(slug, at), order_number: ++placed, order_type: 'takeaway', status, currency: stack.currencies[slug],
      prices_include_tax: false, subtotal, tax_amount: tax, taxes: '[]', tip_amount: tip, discount_amount: discount, deposit_used: deposit,
      total_amount: subtotal + tax + tip - discount - deposit, created_at: at, deleted_at: deleted ? at : null };
  });
  insert('orders', rows);
  insert('order_items', lines);
  return rows.map((row) => row.id);
}

/** Payments of the past: {at, order, amount, tip, method, currency}; their ids. */
function writePayments(slug, payments) {
  const rows = payments.map(({ at, order, amount, tip = 0, method = 'cash', currency = stack.currencies[slug] }) => ({ restaurant_id: places[slug].id, id: randomUUID(),
    order_id: order, amount, tip_amount: tip, currency, method, created_at: at, business_date: dayOf(slug, at) }));
  insert('payments', rows);
  return rows.map((row) => row.id);
}

/** Refunds of the past: {at, payment, amount, tip}. */
function writeRefunds(slug, refunds) {
  const staff = stack.sqlValue(`SELECT id FROM staff WHERE restaurant_id = '${places[slug].id}' LIMIT 1`);
  insert('refunds', refunds.map(({ at, payment, amount, tip = 0 }) => ({ restaurant_id: places[slug].id, id: randomUUID(), payment_id: payment, amount,
    tip_amount: tip, reason: 'cold', staff_id: staff, created_at: at, business_date: dayOf(slug, at) })));
}

/** Nothing was ever ordered or paid; clocks as they should be. */
function clear(slug, dayStart = '04:00') {
  const { id } = places[slug];
  stack.currencies ??= Object.fromEntries(stack.sql('SELECT slug, currency FROM restaurants'));
  stack.sql(`SET session_replication_role = replica; ${['allocation_moves', 'refunds', 'payment_allocations', 'payments', 'order_adjustments', 'order_item_customizations', 'order_items', 'order_status_history', 'orders']
    .map((table) => `DELETE FROM ${table} WHERE restaurant_id = '${id}'`).join('; ')};
    UPDATE restaurants SET business_day_start = '${dayStart}' WHERE id = '${id}'`);
}

/** The same figures, straight from the tables. */
function sums(slug, from, to) {
  const { id } = places[slug];
  const within = `restaurant_id = '${id}' AND business_date BETWEEN '${from}' AND '${to}'`;
  const one = (names, query) => Object.fromEntries(names.split(' ').map((name, i) => [name, Number(stack.sql(query)[0][i])]));
  const sold = `${within} AND (standing IS NOT NULL OR status <> 'cancelled' AND deleted_at IS NULL)`;
  const amounts = 'subtotal tax_amount tip_amount discount_amount service_charge_amount deposit_used total_amount'.split(' ');
  return {
    // Orders as they were placed, and what happened to them later, each on its own day.
    ...one(`orders ${amounts.join(' ')} taxable_amount`, `SELECT coalesce(sum(n), 0), ${amounts.map((f) => `coalesce(sum(${f}), 0)`)},
      coalesce(sum((SELECT sum((t ->> 'taxable')::bigint) FROM jsonb_array_elements(taxes) t)), 0) FROM (
      SELECT 1 AS n, taxes, ${amounts} FROM orders WHERE ${sold} UNION ALL
      SELECT CASE WHEN ends_order THEN -1 ELSE 0 END, taxes, ${amounts} FROM order_adjustments WHERE ${within}) x`),
    ...one('void_amount comp_amount cancelled_amount', `SELECT coalesce(-sum(total_amount) FILTER (WHERE kind = 'void'), 0),
      coalesce(-sum(total_amount) FILTER (WHERE kind = 'comp' AND refund_id IS NULL), 0), coalesce(-sum(total_amount) FILTER (WHERE kind IN ('cancelled', 'deleted')), 0)
      FROM order_adjustments WHERE ${within}`),
    ...one('payments paid tips deposits', `SELECT count(*), coalesce(sum(amount), 0), coalesce(sum(tip_amount), 0), coalesce(sum(amount) FILTER (WHERE purpose = 'deposit'), 0)
      FROM payments WHERE ${within} AND voided_at IS NULL`),
    ...one('rounding_amount', `SELECT (SELECT coalesce(sum(rounding_amount), 0) FROM payments WHERE ${within} AND voided_at IS NULL)
      - (SELECT coalesce(sum(rounding_amount), 0) FROM refunds WHERE ${within} AND status = 'done')`),
    ...one('refunded refunded_tips', `SELECT coalesce(sum(amount), 0), coalesce(sum(tip_amount), 0) FROM refunds WHERE ${within} AND status = 'done'`),
    ...one('refunded_deposits', `SELECT coalesce(sum(f.amount), 0) FROM refunds f JOIN payments p ON p.id = f.payment_id WHERE f.${within.replace('AND ', 'AND f.')} AND f.status = 'done' AND p.purpose = 'deposit'`),
    ...one('quantity', `SELECT coalesce(sum(n), 0) FROM (
      SELECT quantity AS n FROM order_items WHERE restaurant_id = '${id}' AND order_id IN (SELECT id FROM orders WHERE ${sold}) UNION ALL
      SELECT (l ->> 'quantity')::bigint FROM order_adjustments, jsonb_array_elements(lines) l WHERE ${within}) x`),
  };
}

/** Rows of a report with some of the figures alone, without the row of what has no key. */
const some = (rows, ...names) => rows.filter((row) => Object.values(row)[0] !== null).map((row) => names.map((name) => row[name]));

/** The reports of a time, cut in every way: their totals are the tables' sums. */
async function reports(slug, from, to) {
  const want = sums(slug, from, to);
  want.net = want.paid + want.tips - want.refunded - want.refunded_tips;
  const all = {};
  for (const by of kinds) {
    all[by] = await report(slug, by, from, to);
    assert.deepEqual(all[by].totals, Object.fromEntries((ofLines.includes(by) ? lineFigures : figures).map((name) => [name, want[name]])), by);
  }
  assert.equal(all.hour.rows.length, 24);
  assert.deepEqual(all.method.rows.map((row) => row.method).slice(0, 5), ['cash', 'card', 'upi', 'online', 'other']);
  for (const by of kinds) if (!['day', 'hour', 'method'].includes(by)) assert.equal(all[by].rows.at(-1)[columns[by][0]], null, `${by}: what has none is last`);
  for (const row of all.method.rows) assert.equal(row.net, row.paid + row.tips - row.refunded - row.refunded_tips);
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  assert.deepEqual(all.day.rows.map((row) => row.business_date),
    Array.from({ length: days }, (_, i) => new Date(Date.parse(from) + i * 86_400_000).toISOString().slice(0, 10)));
  return all;
}

const only = (rows, name) => rows.filter((row) => row.orders > 0).map((row) => [row[name], row.orders]);

// ---- What a day holds

test('what was ordered, paid and given back through the API', async () => {
  clear(india);
  const token = places[india].token;
  const { byName } = await readMenu(stack, india);
  const line = (name, quantity) => ({ menu_item_id: byName[name].id, quantity });
  const order = async (body) => expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'takeaway', ...body } }), 201).json;
  const first = await order({ items: [line('Tandoori Roti', 3), line('Masala Chaas', 1)], tip_amount: 500, discount_amount: 300 });
  const second = await order({ items: [line('Tandoori Roti', 2), line('Tandoori Roti', 1)], deposit_used: 100 });
  const gone = await order({ items: [line('Kokum Cooler', 9)] });
  const cancelled = await order({ items: [line('Kokum Cooler', 8)] });
  expectStatus(await call(stack, 'DELETE', `/api/orders/${gone.id}`, { token, body: { reason: 'entered twice' } }), 204);
  expectStatus(await put(stack, `/api/orders/${cancelled.id}`, { token, body: { status: 'cancelled', reason: 'left' } }), 200);
  expectStatus(await call(stack, 'DELETE', `/api/orders/${cancelled.id}`, { token, body: { reason: 'it was nobody\'s' } }), 204); // taken off once
  const pay = async (body) => expectStatus(await post(stack, '/api/payments', { token, body }), 201).json;
  const cash = await pay({ order_id: first.id, amount: first.total_amount, tip_amount: 700, method: 'cash' });
  await pay({ order_id: second.id, amount: 1000, method: 'upi' });
  await pay({ order_id: second.id, amount: 200, method: 'card' });
  expectStatus(await post(stack, `/api/payments/${cash.id}/refunds`, { token, body: { amount: 250, tip_amount: 50, reason: 'cold' } }), 201);

  const day = first.business_date;
  if (second.business_date !== day) return; // the business day began in between
  const all = await reports(india, day, day);
  const paid = first.total_amount + 1200;
  // Money given back is no sale any more, and bears no tax (VAT directive 2006/112/EC, art. 90).
  const given = expectStatus(await get(stack, `/api/orders/${first.id}`, { token }), 200).json.adjustments[0], back = -given.tax_amount;
  assert.deepEqual([given.total_amount, given.discount_amount], [-250, 250 - back]);
  assert.ok(Math.abs(back - given.taxes.reduce((sum, t) => sum + (-t.taxable * t.rate_ppm) / 1e6, 0)) <= 1);
  const { totals } = all.day;
  assert.deepEqual(all.day.rows, [{ business_date: day, ...totals }]);
  const off = totals.cancelled_amount;
  assert.ok(off > 9 * byName['Kokum Cooler'].price);
  assert.deepEqual(totals, { orders: 2, quantity: 7, subtotal: first.subtotal + second.subtotal, discount_amount: 300 + 250 - back, service_charge_amount: 0,
    taxable_amount: totals.taxable_amount, tax_amount: first.tax_amount + second.tax_amount - back, tip_amount: 500, deposit_used: 100,
    total_amount: first.total_amount + second.total_amount - 250, void_amount: 0, comp_amount: 0, cancelled_amount: off, payments: 3, paid, tips: 700, deposits: 0,
    rounding_amount: 0, refunded: 250, refunded_tips: 50, refunded_deposits: 0, net: paid + 700 - 300 });
  assert.deepEqual(some(all.item.rows, 'name', 'category', 'quantity', 'subtotal'), [
    ['Tandoori Roti', 'Breads', 6, 6 * byName['Tandoori Roti'].price], ['Masala Chaas', 'Drinks', 1, byName['Masala Chaas'].price],
    ['Kokum Cooler', 'Drinks', 0, 0]].sort((a, b) => b[3] - a[3]));
  // Discount, tax and what was given back are spread over the items; tips and deposits are no item's.
  const [others] = all.item.rows.slice(-1);
  assert.deepEqual([others.subtotal, others.discount_amount, others.tax_amount, others.tip_amount, others.deposit_used], [0, 0, 0, 500, 100]);
  assert.deepEqual(some(all.category.rows, 'name', 'quantity'), [['Breads', 6], ['Drinks', 1]].sort((a, b) => (a[0] === 'Breads' ? -1 : 1)));
  assert.deepEqual(some(all.method.rows, 'method', 'payments', 'paid', 'tips', 'refunded', 'refunded_tips', 'net'), [['cash', 1, first.total_amount, 700, 250, 50, first.total_amount + 400],
    ['card', 1, 200, 0, 0, 0, 200], ['upi', 1, 1000, 0, 0, 0, 1000], ['online', 0, 0, 0, 0, 0, 0], ['other', 0, 0, 0, 0, 0, 0]]);
  assert.deepEqual(all.tax_rate.rows.map((row) => [row.tax_rate_ppm, row.tax_amount, row.taxable_amount, row.tip_amount]),
    [[50000, totals.tax_amount, totals.taxable_amount, 0], [null, 0, 0, 500]]);
  const [owner] = stack.sql(`SELECT id, display_name FROM staff WHERE restaurant_id = '${places[india].id}' AND role = 'owner'`);
  assert.deepEqual(all.staff.rows.map((row) => [row.staff_id, row.name, row.total_amount, row.tips]), [[...owner, totals.total_amount, 700], [null, null, 0, 0]]);
  assert.deepEqual(all.table.rows.map((row) => [row.table_id, row.total_amount]), [[null, totals.total_amount]]);
  assert.deepEqual(all.order_type.rows.map((row) => [row.order_type, row.orders, row.payments]), [['takeaway', 2, 3], [null, 0, 0]]);
  assert.deepEqual(all.reason.rows.map((row) => [row.kind, row.reason, row.orders, row.refunded]).sort(), [['refund', 'cold', 0, 250], ['cancelled', 'left', -1, 0],
    ['deleted', 'entered twice', -1, 0], ['deleted', "it was nobody's", 0, 0], [null, null, 4, 0]].sort());
  const hours = all.hour.rows.filter((row) => row.orders > 0).map((row) => row.hour);
  for (const one of [first, second]) // Kolkata, UTC+05:30 all the year
    assert.ok(hours.includes(new Date(Date.parse(one.created_at) + 5.5 * 3_600_000).toISOString().slice(11, 13)), hours.join());

  // Days are the default.
  assert.deepEqual((await ask(india, `from=${day}&to=${day}`)).json, all.day);
});

test('what is given back or taken off is not sold: every report, however it comes off', async () => {
  clear(rome);
  const { token } = places[rome];
  const [food, wine] = places[rome].items.filter((i) => i.is_available && i.options.every((o) => o.min_select === 0));
  stack.sql(`UPDATE restaurants SET tax_rate_ppm = 100000, prices_include_tax = true, service_charge_ppm = 0 WHERE id = '${places[rome].id}';
    UPDATE menu_items SET price = 1100, tax_rate_ppm = NULL WHERE id = '${food.id}'; UPDATE menu_items SET price = 1220, tax_rate_ppm = 220000 WHERE id = '${wine.id}'`);
  const ask_ = async (status, path, body) => expectStatus(await post(stack, path, { token, body }), status).json;
  const adjust = (o, body) => ask_(201, `/api/orders/${o.id}/adjustments`, { reason: 'corked', ...body });
  const give = (p, body) => ask_(201, `/api/payments/${p.id}/refunds`, { reason: 'corked', ...body });
  // Two dishes and two bottles, of which one comes off: at the end 3420, with tax of 200 and 220.
  const ways = [
    async (o, pay) => give(await pay(), { items: [{ item_id: o.items[1].id, quantity: 1 }] }),
    async (o, pay) => { await adjust(o, { kind: 'comp', item_id: o.items[1].id, quantity: 1 }); await pay(); },
    async (o, pay) => { await adjust(o, { kind: 'void', item_id: o.items[1].id, quantity: 1 }); await pay(); },
    async (o, pay) => { const p = await pay(); await adjust(o, { kind: 'void', item_id: o.items[1].id, quantity: 1 }); await give(p, { amount: 1220 }); },
    async (o, pay) => { const p = await pay(); await adjust(o, { kind: 'comp', item_id: o.items[1].id, quantity: 1 }); await give(p, { amount: 1220 }); },
    async (o, pay) => { const p = await pay(); await give(p, { amount: 4640, reopens_due: true }); await adjust(o, { kind: 'comp', item_id: o.items[1].id, quantity: 1 }); await pay(); },
    async (o, pay) => { const p = await pay(); await ask_(200, `/api/payments/${p.id}/void`, { reason: 'another table' }); await adjust(o, { kind: 'void', item_id: o.items[1].id, quantity: 1 }); await pay(); },
  ];
  let day;
  for (const [i, way] of ways.entries()) {
    const o = await ask_(201, '/api/orders', { order_type: 'takeaway', items: [{ menu_item_id: food.id, quantity: 2 }, { menu_item_id: wine.id, quantity: 2 }] });
    assert.deepEqual([o.total_amount, o.tax_amount], [4640, 200 + 440]);
    day ??= o.business_date;
    if (o.business_date !== day) return; // the business day began in between
    const pay = async () => ask_(201, '/api/payments', { order_id: o.id, method: 'card', amount: expectStatus(await get(stack, `/api/orders/${o.id}`, { token }), 200).json.due });
    await way(o, pay);
    const all = await reports(rome, day, day), { totals } = all.day, n = i + 1;
    assert.deepEqual([totals.orders, totals.subtotal, totals.tax_amount, totals.discount_amount, totals.total_amount], [n, 3420 * n, 420 * n, 0, 3420 * n], `way ${i}`);
    assert.equal(totals.paid - totals.refunded, totals.total_amount, 'sales are the money kept');
    assert.equal(all.method.totals.net, totals.total_amount);
    assert.equal(all.hour.totals.total_amount, totals.total_amount);
    assert.deepEqual(some(all.item.rows, 'menu_item_id', 'quantity', 'subtotal'), [[food.id, 2 * n, 2200 * n], [wine.id, n, 1220 * n]]);
  }
  // An order of which all comes off is no order, and not sold.
  const o = await ask_(201, '/api/orders', { order_type: 'takeaway', items: [{ menu_item_id: wine.id, quantity: 9 }] });
  await adjust(o, { kind: 'void', item_id: o.items[0].id });
  const { totals } = await report(rome, 'day', day);
  assert.deepEqual([totals.orders, totals.total_amount], [ways.length, 3420 * ways.length]);
  clear(rome);
});

test('a tip within an order belongs to whoever took the payment that settled the order', async () => {
  clear(india);
  const roles = ['waiter', 'cashier', 'manager'], tokens = Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await tokenOf(stack, role, india)])));
  const item = places[india].items.find((i) => i.is_available && i.options.every((o) => o.min_select === 0));
  const send = async (status, role, path, body) => expectStatus(await post(stack, path, { token: tokens[role], body }), status).json;
  const order = await send(201, 'waiter', '/api/orders', { order_type: 'takeaway', items: [{ menu_item_id: item.id, quantity: 2 }], tip_amount: 500 });
  const pay = (role, amount) => send(201, role, '/api/payments', { order_id: order.id, amount, method: 'card' });
  const day = order.business_date, names = Object.fromEntries(stack.sql(`SELECT role, display_name FROM staff WHERE restaurant_id = '${places[india].id}'`));
  const has = async (tips, sold, about) => {
    const { staff } = await reports(india, day, day), of = (role) => staff.rows.find((row) => row.name === (names[role] ?? null));
    for (const role of [...roles, 'nobody']) assert.equal(of(role)?.tip_amount ?? 0, tips[role] ?? 0, `${about}: ${role}`);
    assert.equal(of('waiter').total_amount, sold, about);
  };
  const sold = order.total_amount - 500;
  await has({ nobody: 500 }, sold, 'before it is paid');
  await pay('manager', 100);
  await has({ nobody: 500 }, sold, 'paid in part');
  const rest = await pay('cashier', order.total_amount - 100);
  await has({ cashier: 500 }, sold, 'settled');
  await send(200, 'manager', `/api/payments/${rest.id}/void`, { reason: 'another table' });
  await has({ nobody: 500 }, sold, 'the payment was wrong');
  await pay('cashier', 200);
  const last = await pay('manager', order.total_amount - 300);
  await has({ manager: 500 }, sold, 'settled by somebody else');
  await send(201, 'cashier', `/api/payments/${last.id}/refunds`, { amount: 50, reason: 'cold' });
  const [given] = expectStatus(await get(stack, `/api/orders/${order.id}`, { token: tokens.waiter }), 200).json.adjustments;
  assert.deepEqual([given.total_amount, given.tip_amount], [-50, 0]);
  await has({ manager: 500 }, sold, 'given back in part: the tip stays');
  for (const { id, amount } of expectStatus(await get(stack, `/api/payments?order_id=${order.id}`, { token: tokens.manager }), 200).json.data.filter((p) => p.voided_at === null))
    await send(201, 'cashier', `/api/payments/${id}/refunds`, { amount: id === last.id ? amount - 50 : amount, reason: 'cold' });
  await has({}, sold, 'given back, the tip with it');
  clear(india);
});

test('orders, payments and refunds each count on their own day', async () => {
  clear(rome);
  const [item] = places[rome].items;
  const [order] = writeOrders(rome, [{ at: '2026-05-04T18:00Z', lines: [[item, 2, 500]] }]);
  const [cash, card] = writePayments(rome, [{ at: '2026-05-05T10:00Z', order, amount: 600, tip: 40 }, { at: '2026-05-05T10:01Z', order, amount: 400, tip: 10, method: 'card' }]);
  writeRefunds(rome, [{ at: '2026-05-07T10:00Z', payment: card, amount: 400, tip: 10 }, { at: '2026-05-06T01:59Z', payment: cash, amount: 5 }]); // 03:59: still the 5th
  const { day, method } = await reports(rome, '2026-05-03', '2026-05-08');
  assert.deepEqual(day.rows.map((row) => [row.business_date.slice(8), row.orders, row.payments, row.paid, row.tips, row.refunded, row.refunded_tips]), [
    ['03', 0, 0, 0, 0, 0, 0], ['04', 1, 0, 0, 0, 0, 0], ['05', 0, 2, 1000, 50, 5, 0], ['06', 0, 0, 0, 0, 0, 0], ['07', 0, 0, 0, 0, 400, 10], ['08', 0, 0, 0, 0, 0, 0]]);
  assert.deepEqual(method.rows.map((row) => row.net), [635, 0, 0, 0, 0, 0]); // and none without a method
  // A refund counts with its payment's method, though that was paid before: net falls below nothing.
  const later = await reports(rome, '2026-05-07', '2026-05-07');
  assert.deepEqual(later.method.rows[1], { method: 'card', ...Object.fromEntries(figures.map((name) => [name, 0])), refunded: 400, refunded_tips: 10, net: -410 });
  assert.equal(later.method.totals.net, -410);
  const csv = await ask(rome, 'from=2026-05-07&to=2026-05-07&by=method', { Accept: 'text/csv' });
  assert.match(csv.text, /\r\ncard(,0)+,400,10,0,-410\r\n/); // a plain number, without an apostrophe
  await reports(rome, '2026-05-05', '2026-05-05');
});

test('cancelled and deleted orders are no sales', async () => {
  clear(rome);
  const [item] = places[rome].items;
  const one = (more) => ({ at: '2026-06-01T12:00Z', lines: [[item, 1, 100]], tip: 1, ...more });
  const states = ['pending', 'confirmed', 'preparing', 'ready', 'served', 'completed'];
  writeOrders(rome, [...states.map((status) => one({ status })), one({ status: 'cancelled', tip: 1000 }), one({ deleted: true, tip: 1000 }), one({ status: 'cancelled', deleted: true })]);
  const all = await reports(rome, '2026-06-01', '2026-06-01');
  for (const by of ['day', 'hour']) assert.deepEqual([all[by].totals.orders, all[by].totals.tip_amount], [states.length, states.length], by);
  assert.deepEqual(some(all.item.rows, 'quantity'), [[states.length]]);
});

test('money in another currency is not added to the restaurant\'s own', async () => {
  clear(rome);
  const [order] = writeOrders(rome, [{ at: '2026-06-01T12:00Z', lines: [[places[rome].items[0], 1, 100]] }]);
  const [, foreign] = writePayments(rome, [{ at: '2026-06-01T12:00Z', order, amount: 100 }, { at: '2026-06-01T12:00Z', order, amount: 9999, method: 'online', currency: 'USD' }]);
  writeRefunds(rome, [{ at: '2026-06-01T13:00Z', payment: foreign, amount: 99 }]);
  const { totals: day } = await report(rome, 'day', '2026-06-01');
  assert.deepEqual([day.payments, day.paid, day.refunded], [1, 100, 0]);
  const { totals: method } = await report(rome, 'method', '2026-06-01');
  assert.deepEqual([method.payments, method.paid, method.refunded, method.net], [1, 100, 0, 100]);
});

// ---- Clocks

/** An order, a payment and a refund of one unit each half hour of some days. */
function everyHalfHour(slug, first, last, item) {
  const times = [];
  for (let t = Date.parse(first); t <= Date.parse(last); t += 1_800_000) times.push(new Date(t).toISOString());
  const orders = writeOrders(slug, times.map((at) => ({ at, lines: [[item, 1, 100]] })));
  const payments = writePayments(slug, times.map((at, i) => ({ at, order: orders[i], amount: 100 })));
  writeRefunds(slug, times.map((at, i) => ({ at, payment: payments[i], amount: 1 })));
}

/** An item that orders of the place can be of; written where it has no menu. */
function itemOf(slug) {
  const place = places[slug];
  if (place.items.length === 0) {
    const category = randomUUID(), id = randomUUID();
    insert('menu_categories', [{ restaurant_id: place.id, id: category, name: 'All day' }]);
    insert('menu_items', [{ restaurant_id: place.id, id, category_id: category, name: 'Pie', price: 100 }]);
    place.items = [{ id, name: 'Pie', price: 100 }];
  }
  return place.items[0];
}

// [where, the day's beginning, its short day and its long day: the day, the hour that is missing or comes
// twice, the orders in it, and in the day before, the day itself and the day after]
const clockCases = [
  ['rome', '04:00', ['2026-03-28', '02', 0, [48, 46, 48]], ['2026-10-24', '02', 4, [48, 50, 48]]],
  ['rome', '00:00', ['2026-03-29', '02', 0, [48, 46, 48]], ['2026-10-25', '02', 4, [48, 50, 48]]],
  ['york', '04:00', ['2026-03-07', '02', 0, [48, 46, 48]], ['2026-10-31', '01', 4, [48, 50, 48]]],
  ['york', '00:00', ['2026-03-08', '02', 0, [48, 46, 48]], ['2026-11-01', '01', 4, [48, 50, 48]]],
  // Where the day begins in that very hour it begins once, the first time.
  ['rome', '02:30', ['2026-03-28', '02', 1, [48, 47, 47]], ['2026-10-25', '02', 4, [48, 50, 48]]],
];
const shift = (day, days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

for (const [where, start, ...changes] of clockCases) {
  test(`clocks change in ${where}, where the day begins at ${start}`, async () => {
    const slug = { rome, york }[where];
    clear(slug, start);
    for (const [day] of changes) everyHalfHour(slug, `${shift(day, -2)}T00:00Z`, `${shift(day, 3)}T00:00Z`, itemOf(slug));
    for (const [day, hour, inIt, counts] of changes) {
      const all = await reports(slug, day, day);
      assert.equal(all.day.rows[0].orders, counts[1]);
      assert.deepEqual(all.hour.rows.map((row) => [Number(row.hour), row.orders]),
        Array.from({ length: 24 }, (_, i) => (Number(start.slice(0, 2)) + i) % 24).map((h) => [h, h === Number(hour) ? inIt : 2]), day);
      // Its neighbours, too: nothing is lost or counted twice.
      const around = await reports(slug, shift(day, -1), shift(day, 1));
      for (const name of ['orders', 'payments', 'refunded']) assert.deepEqual(around.day.rows.map((row) => row[name]), counts, name);
      assert.equal(around.hour.totals.orders, counts[0] + counts[1] + counts[2]);
    }
    clear(slug);
  });
}

test('a business day belongs to the evening before', async () => {
  clear(rome);
  const item = itemOf(rome);
  writeOrders(rome, ['2026-07-10T01:59:59.999Z', '2026-07-10T02:00Z', '2026-07-11T01:59Z', '2026-07-10T22:30Z'].map((at) => ({ at, lines: [[item, 1, 100]] })));
  const { day, hour } = await reports(rome, '2026-07-09', '2026-07-10');
  assert.deepEqual(only(day.rows, 'business_date'), [['2026-07-09', 1], ['2026-07-10', 3]]);
  assert.deepEqual(only(hour.rows, 'hour'), [['04', 1], ['00', 1], ['03', 2]]);
  assert.equal(hour.rows[0].hour, '04');
  // It stays where it was written, when the day begins otherwise from now on.
  stack.sql(`UPDATE restaurants SET business_day_start = '00:00' WHERE slug = '${rome}'`);
  assert.deepEqual((await report(rome, 'day', '2026-07-09', '2026-07-10')).rows, day.rows);
  const moved = await report(rome, 'hour', '2026-07-09', '2026-07-10');
  assert.equal(moved.rows[0].hour, '00');
  assert.deepEqual(moved.totals, hour.totals);
});

// ---- Items

test('an item goes by the name that it has now', async () => {
  clear(rome);
  const [a, b, c] = places[rome].items;
  writeOrders(rome, [
    { at: '2026-08-02T12:00Z', lines: [[a, 1, 100, 'Another name'], [b, 1, 300]] },
    { at: '2026-08-01T12:00Z', lines: [[a, 2, 50, 'Old name'], [c, 1, 900]] },
    { at: '2026-08-03T12:00Z', status: 'cancelled', lines: [[a, 1, 100, 'Never sold']] },
  ]);
  const { rows } = await report(rome, 'item', '2026-07-01', '2026-08-31');
  assert.deepEqual(some(rows, 'menu_item_id', 'name', 'quantity', 'subtotal'), [[c.id, c.name, 1, 900], [b.id, b.name, 1, 300], [a.id, a.name, 3, 200]]);
  // Gone from the menu, but not from what was sold.
  stack.sql(`UPDATE menu_items SET deleted_at = now() WHERE id = '${c.id}'`);
  assert.deepEqual((await report(rome, 'item', '2026-07-01', '2026-08-31')).rows, rows);
  stack.sql(`UPDATE menu_items SET deleted_at = NULL WHERE id = '${c.id}'`);
});

test('names that spreadsheets or readers of CSV might stumble over', async () => {
  clear(rome);
  const names = ['=HYPERLINK("x")', '+1', '-1', '@a', '\tTab', '\rCR', '=1,2', 'a,b', 'say "x"', '"', 'two\nlines', 'two\r\nlines', 'three\r', "'quoted", 'Caffè 😋', ' =1', 'a=b', ';', '0',
    '-', '=cmd|\' /C calc\'!A0', '漢字'];
  const items = names.slice(0, places[rome].items.length).map((_, i) => places[rome].items[i]);
  const asIs = new Map(); // what stands in the CSV, byte by byte, before the category
  for (let i = 0; i < names.length; i += items.length) {
    const few = names.slice(i, i + items.length), day = `2026-09-0${1 + i / items.length}`;
    stack.sql(few.map((name, k) => `UPDATE menu_items SET name = ${literal(name)} WHERE id = '${items[k].id}'`).join('; '));
    writeOrders(rome, [{ at: `${day}T12:00Z`, lines: few.map((name, k) => [items[k], 1, 100 - k]) }]);
    const { rows } = await report(rome, 'item', day);
    assert.deepEqual(rows.slice(0, -1).map((row) => row.name), few);
    const csv = await ask(rome, `from=${day}&to=${day}&by=item`, { Accept: 'text/csv' });
    for (const [k, name] of few.entries()) asIs.set(name, csv.text.includes(`${items[k].id},${quoted(guarded(name))},`));
  }
  assert.deepEqual([...asIs].filter(([, found]) => !found), []);
  stack.sql(places[rome].items.map((item) => `UPDATE menu_items SET name = ${literal(item.name)} WHERE id = '${item.id}'`).join('; '));
});
const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

test('categories of any name', async () => {
  clear(york);
  const item = itemOf(york);
  writeOrders(york, [{ at: '2026-09-01T18:00Z', lines: [[item, 1, 100]] }]);
  for (const name of ['=1+1', 'a "b", c', '-', 'Plain']) {
    stack.sql(`UPDATE menu_categories SET name = ${literal(name)} WHERE restaurant_id = '${places[york].id}'`);
    assert.equal((await report(york, 'item', '2026-09-01')).rows[0].category, name);
  }
});

// ---- Random history

test('random history: days, hours and items add up to the tables', async (t) => {
  const { below, from } = random(t);
  for (const [slug, start] of [[rome, '04:00'], [india, '00:00'], [york, '05:30']]) {
    clear(slug, start);
    itemOf(slug);
    const first = Date.parse('2026-03-20T00:00Z');
    const time = (after = first) => new Date(after + below(14 * 86_400_000)).toISOString();
    const orders = Array.from({ length: 150 }, () => ({ at: time(), status: from(['pending', 'served', 'completed', 'completed', 'cancelled']), deleted: below(10) === 0,
      lines: Array.from({ length: 1 + below(4) }, () => [from(places[slug].items), 1 + below(9), below(100_000), from([null, 'Another name', '=1'])]),
      tax: below(1000), tip: below(3) * below(500), discount: 0, deposit: 0 }));
    for (const order of orders) {
      order.lines = order.lines.map(([item, quantity, price, name]) => [item, quantity, price, name ?? item.name]);
      order.discount = below(2) * below(order.tax + 1);
      order.deposit = below(order.tax - order.discount + 1);
    }
    const ids = writeOrders(slug, orders);
    const payments = Array.from({ length: 120 }, () => ({ at: time(), order: from(ids), amount: 1 + below(100_000), tip: below(2) * below(900), method: from(['cash', 'card', 'upi', 'online', 'other']) }));
    const paid = writePayments(slug, payments);
    writeRefunds(slug, Array.from({ length: 60 }, () => ({ at: time(), payment: from(paid), amount: 1 + below(5000), tip: below(2) * below(50) })));
    const total = { subtotal: 0, orders: 0 };
    for (const [a, b] of [['2026-03-19', '2026-04-03'], ['2026-03-25', '2026-03-25'], ['2026-03-28', '2026-03-29'], ['2026-03-22', '2026-04-01']]) {
      const all = await reports(slug, a, b);
      assert.equal(all.day.totals.subtotal, all.hour.totals.subtotal);
      assert.equal(all.day.totals.subtotal, all.item.totals.subtotal);
      for (const name of ['payments', 'paid', 'tips', 'refunded', 'refunded_tips']) assert.equal(all.day.totals[name], all.method.totals[name], name);
      const keys = all.item.rows.slice(0, -1).map((row) => [row.total_amount, row.name, row.menu_item_id]);
      const bytes = (x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y));
      assert.deepEqual(keys, [...keys].sort((x, y) => y[0] - x[0] || bytes(x[1], y[1]) || bytes(x[2], y[2])));
    }
    // Day by day, each by itself, is the same as all at once.
    const whole = await report(slug, 'day', '2026-03-19', '2026-04-03');
    for (const row of whole.rows) {
      const { rows: [alone] } = await report(slug, 'day', row.business_date);
      assert.deepEqual(alone, row);
      total.subtotal += alone.subtotal;
      total.orders += alone.orders;
    }
    assert.ok(total.orders > 50);
    assert.deepEqual([total.subtotal, total.orders], [whole.totals.subtotal, whole.totals.orders]);
  }
});

test('sums beyond what an order may cost', async () => {
  clear(rome);
  const most = 2 ** 53 - 1;
  const [order] = writeOrders(rome, Array.from({ length: 3 }, () => ({ at: '2026-02-01T12:00Z', lines: [[places[rome].items[0], 1, most]] })));
  writePayments(rome, [{ at: '2026-02-01T12:00Z', order, amount: most, tip: most }]);
  const sum = String(3n * BigInt(most));
  for (const by of ['day', 'hour', 'item']) {
    const json = await ask(rome, `from=2026-02-01&to=2026-02-01&by=${by}`), csv = await ask(rome, `from=2026-02-01&to=2026-02-01&by=${by}`, { Accept: 'text/csv' });
    assert.equal(json.text.split(`"subtotal":${sum}`).length, 3, json.text); // the row's and the totals'
    assert.ok(csv.text.includes(`,${sum}`));
  }
  assert.ok((await ask(rome, 'from=2026-02-01&to=2026-02-01&by=method')).text.includes(`"net":${2n * BigInt(most)}`));
});

test('more rows than one piece holds: each comes once, in order, and no length is announced', async () => {
  clear(york);
  const day = '2026-03-01', prices = new Map();
  for (const total of [499, 999, 1203]) { // with the row of what has no item, twice a whole number of pieces
    const orders = [];
    for (let price = 10_000 - prices.size; prices.size < total; price--) {
      const item = { id: randomUUID(), name: 'Gone' };
      prices.set(item.id, price);
      orders.push({ at: `${day}T18:00Z`, lines: [[item, 1, price]] });
    }
    writeOrders(york, orders);
    const { rows } = await report(york, 'item', day);
    assert.deepEqual(rows.map((row) => [row.menu_item_id, row.subtotal]), [...prices, [null, 0]]);
  }
  for (const accept of ['application/json', 'text/csv'])
    assert.equal(expectStatus(await ask(york, `from=${day}&to=${day}&by=item`, { Accept: accept }), 200).headers.get('content-length'), null);
});

// ---- Who, whose, and nothing at all

test('managers and owners alone', async () => {
  const query = '/api/reports/sales?from=2026-01-01&to=2026-01-01';
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) {
    const answer = await get(stack, query, { token: await tokenOf(stack, role) });
    if (['manager', 'owner'].includes(role)) expectStatus(answer, 200);
    else expectProblem(answer, 403, 'insufficient_role');
  }
  const { token } = await openSession(stack, 0);
  expectProblem(await get(stack, query, { token }), 403, 'insufficient_role');
  expectProblem(await get(stack, query, { token, headers: { Accept: 'text/csv' } }), 403, 'insufficient_role');
  expectProblem(await get(stack, query), 401, 'unauthenticated');
});

test('one restaurant\'s sales are none of another\'s', async () => {
  for (const slug of [rome, india, york]) clear(slug);
  const [order] = writeOrders(rome, [{ at: '2026-04-01T12:00Z', lines: [[places[rome].items[0], 1, 100]], tip: 5 }]);
  const [payment] = writePayments(rome, [{ at: '2026-04-01T12:00Z', order, amount: 105 }]);
  writeRefunds(rome, [{ at: '2026-04-01T12:00Z', payment, amount: 5 }]);
  const all = await reports(rome, '2026-04-01', '2026-04-01');
  assert.deepEqual([all.day.totals.orders, all.day.totals.payments, all.day.totals.refunded], [1, 1, 5]);
  for (const slug of [india, york]) {
    const other = await reports(slug, '2026-04-01', '2026-04-01');
    for (const by of kinds) for (const value of Object.values(other[by].totals)) assert.equal(value, 0);
    assert.equal(other.item.rows.length, 1);
  }
});

test('an empty restaurant', async () => {
  clear(york);
  const all = await reports(york, '2025-12-30', '2026-01-02');
  const none = Object.fromEntries(lineFigures.map((name) => [name, 0]));
  assert.deepEqual(all.item, { from: '2025-12-30', to: '2026-01-02', by: 'item', currency: 'USD', timezone: 'America/New_York', business_day_start: '04:00',
    rows: [{ menu_item_id: null, name: null, category: null, ...none }], totals: none });
  assert.equal(all.day.rows.length, 4);
  const csv = await ask(york, 'from=2025-12-30&to=2026-01-02&by=item', { Accept: 'text/csv' });
  assert.equal(csv.text, `menu_item_id,name,category,${lineFigures}\r\n"","","",${lineFigures.map(() => 0)}\r\n`);
});

// ---- What may be asked

test('invalid days, ranges that are too long, unknown kinds', async () => {
  const day = '2026-01-01';
  for (const [query, faults] of [
    ['', { from: 'required', to: 'required' }],
    ['by=day', { from: 'required', to: 'required' }],
    [`from=${day}`, { to: 'required' }],
    [`to=${day}`, { from: 'required' }],
    [`from=&to=${day}`, { from: 'invalid_format' }],
    ['from=2026-02-29&to=2026-03-01', { from: 'invalid_format' }],
    ['from=2026-02-01&to=2026-02-31', { to: 'invalid_format' }],
    ['from=2026-1-1&to=2026-01-32', { from: 'invalid_format', to: 'invalid_format' }],
    ['from=2026-01-01T00:00:00Z&to=2026-01-02', { from: 'invalid_format' }],
    ['from=yesterday&to=today', { from: 'invalid_format', to: 'invalid_format' }],
    ['from=infinity&to=infinity', { from: 'invalid_format', to: 'invalid_format' }],
    ["from=2026-01-01'&to=2026-01-02", { from: 'invalid_format' }],
    ['from=0000-01-01&to=0001-01-01', { from: 'invalid_format' }],
    ['from=2026-01-02&to=2026-01-01', { to: 'out_of_range' }],
    ['from=2026-01-01&to=2027-02-05', { to: 'out_of_range' }], // 401 days
    ['from=0001-01-01&to=9999-12-31', { to: 'out_of_range' }],
    [`from=${day}&to=${day}&by=week`, { by: 'invalid_choice' }],
    [`from=${day}&to=${day}&by=`, { by: 'invalid_choice' }],
    [`from=${day}&to=${day}&by=Day`, { by: 'invalid_choice' }],
    [`from=${day}&to=${day}&by=day&by=day`, { by: 'repeated' }],
    [`from=${day}&from=${day}&to=${day}`, { from: 'repeated' }],
    [`from=${day}&to=${day}&format=csv`, { format: 'unknown_parameter' }],
    ['from=x&to=y&by=z&a=b', { from: 'invalid_format', to: 'invalid_format', by: 'invalid_choice', a: 'unknown_parameter' }],
  ]) {
    for (const Accept of ['*/*', 'text/csv']) {
      const problem = expectProblem(await ask(india, query, { Accept }), 422, 'validation_failed', Object.keys(faults));
      assert.deepEqual(Object.fromEntries(problem.errors.map((e) => [e.field, e.code])), faults, query);
    }
  }
  for (const [first, last, days] of [['2026-01-01', '2027-02-04', 400], ['2024-02-28', '2024-03-01', 3], ['0001-01-01', '0001-01-01', 1], ['9999-12-30', '9999-12-31', 2]])
    assert.equal((await report(india, 'day', first, last)).rows.length, days);
});

test('CSV where the client prefers it', async () => {
  const query = 'from=2026-11-01&to=2026-11-30';
  for (const [accept, wanted] of [[undefined, 'json'], ['*/*', 'json'], ['application/json', 'json'], ['text/csv', 'csv'], ['text/*', 'csv'], ['TEXT/CSV', 'csv'],
    ['text/csv, application/json', 'json'], ['text/csv;q=0.9, application/json;q=0.8', 'csv'], ['text/csv;q=0.8, application/json;q=0.9', 'json'],
    ['text/csv;q=0', 'json'], ['text/csv;q=0, */*', 'json'], ['text/csv, */*;q=0.1', 'csv'], ['text/html,application/xml;q=0.9,*/*;q=0.8', 'json'], ['image/png', 'json']]) {
    const answer = expectStatus(await ask(india, query, accept === undefined ? {} : { Accept: accept }), 200);
    assert.match(answer.headers.get('content-type'), wanted === 'csv' ? /^text\/csv; charset=utf-8; header=present$/ : /^application\/json$/, accept);
    assert.ok(answer.headers.get('vary').split(/, */).includes('Accept'), 'caches must know');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('content-disposition'), wanted === 'csv' ? `attachment; filename="sales-${india}-2026-11-01-2026-11-30-day.csv"` : null);
  }
  for (const by of kinds) {
    const answer = await ask(rome, `${query}&by=${by}`, { Accept: 'text/csv' });
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="sales-${rome}-2026-11-01-2026-11-30-${by}.csv"`);
  }
  const head = await call(stack, 'HEAD', `/api/reports/sales?${query}`, { token: places[india].token, headers: { Accept: 'text/csv' } });
  assert.deepEqual([head.status, head.text, head.headers.get('content-type')], [200, '', 'text/csv; charset=utf-8; header=present']);
  expectProblem(await call(stack, 'POST', `/api/reports/sales?${query}`, { token: places[india].token, body: {} }), 405, 'method_not_allowed');
});
