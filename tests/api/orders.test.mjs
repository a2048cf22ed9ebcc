// Placing orders and asking for quotes: what an order holds, who may say what
// in it, and everything that is refused.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { expectStatus, get, joinSession, lineOf, openSession, orderOf, post, put, readMenu, tokenOf, expectProblem } from './lib/client.mjs';
import { random } from './lib/random.mjs';
import { shareStack } from './lib/shared.mjs';

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let stack;
let menu; // spice-garden's items by name
let staff; // tokens by role
let asha; // opened the session at table 0
let bela; // joined it
let chitra; // sits at table 1

before(async () => {
  stack = await shareStack();
  menu = (await readMenu(stack)).byName;
  staff = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) staff[role] = await tokenOf(stack, role);
  asha = await openSession(stack, 0);
  bela = await joinSession(stack, asha.code, asha.pin);
  chitra = await openSession(stack, 1, { name: 'Chitra' });
});
after(() => stack?.stop());

/** A time-ordered id, as a client that was offline makes it. */
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

const place = (token, body) => post(stack, '/api/orders', { token, body });
const quote = (token, body) => post(stack, '/api/orders/quote', { token, body });
const placed = async (token, body) => expectStatus(await place(token, body), 201).json;
const roti = (quantity = 1) => ({ menu_item_id: menu['Tandoori Roti'].id, quantity });
const takeaway = (...lines) => ({ order_type: 'takeaway', items: lines });
const restaurantId = () => stack.restaurant().id;

/** One choice by the names of option and value. */
function choice(item, optionName, valueName) {
  const option = item.options.find((o) => o.name === optionName);
  return { option_id: option.id, value_id: option.values.find((v) => v.name === valueName).id };
}

/** The codes of a problem's faults by their pointers. */
const faults = (problem) => Object.fromEntries(problem.errors.map((e) => [e.field, e.code]));

/** How many rows there are of all that an order writes, the last event, as they go with time, and the numbers given out. */
const written = () => stack.sqlValue(`SELECT concat_ws(' ',
  (SELECT count(*) FROM orders), (SELECT count(*) FROM order_items),
  (SELECT count(*) FROM order_item_customizations), (SELECT count(*) FROM order_status_history),
  (SELECT count(*) FROM sync_logs), (SELECT count(*) FROM session_activity_log),
  (SELECT count(*) FROM idempotency_keys), (SELECT max(created_at) FROM events),
  (SELECT coalesce(sum(last_number), 0) FROM order_counters))`);

/** Runs the check while a change by SQL holds. */
async function during(change, restore, check) {
  stack.sql(change);
  try {
    await check();
  } finally {
    stack.sql(restore);
  }
}

// ---- What an order holds

test('an order\'s key lives 24 hours; then it is that of a further order', async () => {
  const key = randomUUID(), body = { ...takeaway(roti()), notes: 'keyed' };
  const act = (more) => post(stack, '/api/orders', { token: staff.waiter, key, body: { ...body, ...more } });
  const age = (interval) => stack.sql(`UPDATE idempotency_keys SET created_at = now() - interval '${interval}' WHERE key = '${key}'`);
  const first = expectStatus(await act(), 201);
  age('23 hours 59 minutes');
  assert.equal((await act()).text, first.text);
  age('24 hours 1 minute');
  const second = expectStatus(await act({ notes: 'another one' }), 201);
  assert.notEqual(second.json.id, first.json.id);
  assert.deepEqual([second.headers.get('idempotent-replayed'), second.headers.get('etag'), second.headers.get('location')], [null, '"1"', `/api/orders/${second.json.id}`]);
  const again = expectStatus(await act({ notes: 'another one' }), 201);
  assert.deepEqual([again.text, again.headers.get('idempotent-replayed'), again.headers.get('etag'), again.headers.get('location')], [second.text, 'true', '"1"', `/api/orders/${second.json.id}`]);
  assert.deepEqual(stack.sql(`SELECT count(*) FROM orders WHERE id IN ('${first.json.id}', '${second.json.id}')`), [['2']]);
});

test('an order has every field of the contract', async () => {
  const paneer = menu['Paneer Butter Masala'];
  const cola = menu['Cola, 300 ml'];
  const water = menu['Still Water, 1 litre'];
  const choices = [choice(paneer, 'Portion', 'Half'), choice(paneer, 'Spice level', 'Hot'),
    choice(paneer, 'Extras', 'Extra paneer'), choice(paneer, 'Extras', 'Knob of white butter')];
  const started = Date.now();
  const answer = expectStatus(await place(staff.cashier, {
    table_id: stack.restaurant().tables[0].id,
    order_type: 'dine_in',
    items: [
      { menu_item_id: paneer.id, quantity: 2, customizations: choices, special_instructions: 'no coriander' },
      { menu_item_id: cola.id, quantity: 3 },
      { menu_item_id: water.id, quantity: 1, customizations: [choice(water, 'Temperature', 'Chilled')] },
    ],
    tip_amount: 5000,
    discount_amount: 3333,
    deposit_used: 1000,
    payment_method: 'upi',
    customer_name: 'Ravi Śāstrī',
    customer_phone: '+91 98765 43210',
    notes: 'a birthday',
    special_instructions: 'all at once',
  }), 201);
  const order = answer.json;
  assert.equal(answer.headers.get('location'), `/api/orders/${order.id}`);
  assert.equal(answer.headers.get('etag'), '"1"');
  assert.equal(answer.headers.get('content-type'), 'application/json');
  const { id, order_number: number, created_at: created, updated_at: updated, items, ...rest } = order;
  assert.match(id, UUID7);
  assert.ok(Number.isInteger(number) && number > 0);
  assert.match(created, TIME);
  assert.equal(updated, created);
  assert.ok(Math.abs(Date.parse(created) - started) < 60_000);
  const known = Object.fromEntries(['restaurant_id', 'table_id', 'session_id', 'diner_id', 'order_type', 'status',
    'payment_status', 'currency', 'subtotal', 'tax_amount', 'taxes', 'tip_amount', 'discount_amount', 'deposit_used',
    'total_amount', 'payment_method', 'customer_name', 'customer_phone', 'notes', 'special_instructions',
    'version'].map((name) => [name, rest[name]]));
  assert.deepEqual(known, {
    restaurant_id: restaurantId(),
    table_id: stack.restaurant().tables[0].id,
    session_id: asha.session.id,
    diner_id: null,
    order_type: 'dine_in',
    status: 'pending',
    payment_status: 'unpaid',
    currency: 'INR',
    subtotal: 83800, // (31900 - 9000 + 6000 + 2000) * 2 + 6000 * 3 + 4000
    tax_amount: 5041,
    taxes: [ // the discount, 3333, in proportion: 159, 2458 and 716
      { rate_ppm: 0, taxable: 3841, amount: 0 },
      { rate_ppm: 50000, taxable: 59342, amount: 2967 },
      { rate_ppm: 120000, taxable: 17284, amount: 2074 },
    ],
    tip_amount: 5000,
    discount_amount: 3333,
    deposit_used: 1000,
    total_amount: 89508,
    payment_method: 'upi',
    customer_name: 'Ravi Śāstrī',
    customer_phone: '+91 98765 43210',
    notes: 'a birthday',
    special_instructions: 'all at once',
    version: 1,
  });
  const lines = items.map((i) => Object.fromEntries(['menu_item_id', 'name', 'price', 'quantity', 'subtotal', 'status',
    'special_instructions', 'customizations'].map((name) => [name, i[name]])));
  for (const item of items) assert.match(item.id, UUID7);
  assert.equal(new Set(items.map((i) => i.id)).size, 3);
  assert.deepEqual(lines, [
    { menu_item_id: paneer.id, name: 'Paneer Butter Masala', price: 31900, quantity: 2, subtotal: 61800,
      status: 'pending', special_instructions: 'no coriander', customizations: [
        { ...choices[0], option_name: 'Portion', value_name: 'Half', price_modifier: -9000, quantity: 1 },
        { ...choices[1], option_name: 'Spice level', value_name: 'Hot', price_modifier: 0, quantity: 1 },
        { ...choices[2], option_name: 'Extras', value_name: 'Extra paneer', price_modifier: 6000, quantity: 1 },
        { ...choices[3], option_name: 'Extras', value_name: 'Knob of white butter', price_modifier: 2000, quantity: 1 }] },
    { menu_item_id: cola.id, name: 'Cola, 300 ml', price: 6000, quantity: 3, subtotal: 18000,
      status: 'pending', special_instructions: null, customizations: [] },
    { menu_item_id: water.id, name: 'Still Water, 1 litre', price: 4000, quantity: 1, subtotal: 4000,
      status: 'pending', special_instructions: null, customizations: [
        { ...choice(water, 'Temperature', 'Chilled'), option_name: 'Temperature', value_name: 'Chilled', price_modifier: 0, quantity: 1 }] },
  ]);
  const read = expectStatus(await get(stack, `/api/orders/${id}`, { token: staff.waiter }), 200);
  assert.deepEqual(read.json, order);
  assert.equal(read.headers.get('etag'), '"1"');
});

test('an order of the least has every field all the same', async () => {
  const order = await placed(bela.token, orderOf(roti()));
  const empty = { payment_method: null, customer_name: null, customer_phone: null, notes: null,
    special_instructions: null, tip_amount: 0, discount_amount: 0, deposit_used: 0 };
  for (const [name, value] of Object.entries(empty)) assert.equal(order[name], value, name);
  assert.equal(order.session_id, bela.session.id);
  assert.equal(order.diner_id, bela.diner.id);
  assert.equal(order.table_id, stack.restaurant().tables[0].id);
  assert.equal(order.items[0].special_instructions, null);
  assert.deepEqual(order.items[0].customizations, []);
  assert.equal(order.subtotal, 3500);
  assert.equal(order.tax_amount, 175);
  assert.equal(order.total_amount, 3675);
});

test('null is the same as an absent field', async () => {
  const order = await placed(staff.waiter, { ...takeaway({ ...roti(), customizations: null, special_instructions: null }),
    id: null, table_id: null, session_id: null, diner_id: null, tip_amount: null, discount_amount: null, deposit_used: null,
    payment_method: null, customer_name: null, customer_phone: null, notes: null, special_instructions: null,
    expected_total: null });
  assert.equal(order.total_amount, 3675);
  assert.match(order.id, UUID7);
});

test('prices and names are copied: a later change does not reach the order', async () => {
  const naan = menu['Butter Naan'];
  const chosen = choice(naan, 'Extras', 'Extra butter');
  const order = await placed(asha.token, orderOf({ menu_item_id: naan.id, quantity: 2, customizations: [chosen] }));
  await during(
    `UPDATE menu_items SET price = 77700, name = 'Renamed', tax_rate_ppm = 180000 WHERE id = '${naan.id}';
     UPDATE menu_item_options SET name = 'Renamed' WHERE id = '${chosen.option_id}';
     UPDATE menu_item_option_values SET name = 'Renamed', price_modifier = 9 WHERE id = '${chosen.value_id}';
     UPDATE restaurants SET prices_include_tax = true, tax_rate_ppm = 1 WHERE slug = '${stack.slug}'`,
    `UPDATE menu_items SET price = 5500, name = 'Butter Naan', tax_rate_ppm = NULL WHERE id = '${naan.id}';
     UPDATE menu_item_options SET name = 'Extras' WHERE id = '${chosen.option_id}';
     UPDATE menu_item_option_values SET name = 'Extra butter', price_modifier = 1500 WHERE id = '${chosen.value_id}';
     UPDATE restaurants SET prices_include_tax = false, tax_rate_ppm = 50000 WHERE slug = '${stack.slug}'`,
    async () => {
      assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: asha.token }), 200).json, order);
      const later = await placed(asha.token, orderOf({ menu_item_id: naan.id, quantity: 2, customizations: [chosen] }));
      assert.equal(later.items[0].name, 'Renamed');
      assert.equal(later.items[0].customizations[0].value_name, 'Renamed');
      assert.equal(later.subtotal, 2 * 77709);
      assert.deepEqual(later.taxes.map((tax) => tax.rate_ppm), [180000]);
      assert.equal(later.total_amount, later.subtotal);
    });
  assert.equal(order.subtotal, 14000);
  assert.equal(order.items[0].name, 'Butter Naan');
});

test('texts come back as they were sent, whatever they hold', async () => {
  const texts = ['NULL', '{a,"b",\\}', "Robert'); DROP TABLE orders;--", 'ನಮಸ್ಕಾರ 🍛 e\u0301', '"\\"', 'one\ntwo\tthree',
    '\u2028\u2029\ufeff', '%s%n', '<script>alert(1)</script>', '\ud83d\ude00'.repeat(500)];
  for (const text of texts) {
    const order = await placed(staff.waiter, { ...takeaway({ ...roti(), special_instructions: text }),
      notes: text, special_instructions: text, customer_name: text.replace(/[\n\t]/g, ' ').slice(0, 100) });
    assert.equal(order.customer_name, text.replace(/[\n\t]/g, ' ').slice(0, 100));
    assert.equal(order.items[0].special_instructions, text);
    assert.equal(order.notes, text);
    assert.equal(order.special_instructions, text);
    assert.deepEqual((await get(stack, `/api/orders/${order.id}`, { token: staff.waiter })).json, order);
  }
});

test('a name is one line', async () => {
  for (const field of ['customer_name', 'customer_phone'])
    expectProblem(await place(staff.waiter, { ...takeaway(roti()), [field]: 'one\ntwo' }), 422, 'validation_failed', [`/${field}`]);
});

test('names of the menu are copied, whatever they hold', async () => {
  const naan = menu['Garlic Naan'];
  const chosen = choice(naan, 'Extras', 'Nigella seed');
  const name = '{"a\\",NULL}';
  await during(
    `UPDATE menu_items SET name = '${name}', station = 'NULL' WHERE id = '${naan.id}';
     UPDATE menu_item_options SET name = 'NULL' WHERE id = '${chosen.option_id}';
     UPDATE menu_item_option_values SET name = '${name}' WHERE id = '${chosen.value_id}'`,
    `UPDATE menu_items SET name = 'Garlic Naan', station = 'tandoor' WHERE id = '${naan.id}';
     UPDATE menu_item_options SET name = 'Extras' WHERE id = '${chosen.option_id}';
     UPDATE menu_item_option_values SET name = 'Nigella seed' WHERE id = '${chosen.value_id}'`,
    async () => {
      const order = await placed(staff.waiter, takeaway({ menu_item_id: naan.id, quantity: 1, customizations: [chosen] }));
      assert.equal(order.items[0].name, name);
      assert.equal(order.items[0].customizations[0].option_name, 'NULL');
      assert.equal(order.items[0].customizations[0].value_name, name);
    });
});

// ---- Who may say what

for (const role of ['cashier', 'manager', 'owner']) {
  test(`a ${role} may set discount and deposit`, async () => {
    const order = await placed(staff[role], { ...takeaway(roti(2)), discount_amount: 500, deposit_used: 250 });
    assert.equal(order.discount_amount, 500);
    assert.equal(order.deposit_used, 250);
    assert.equal(order.total_amount, 7000 - 500 + 325 - 250); // tax of what is left
  });
}

for (const field of ['discount_amount', 'deposit_used']) {
  test(`neither a waiter nor a diner may set ${field}`, async () => {
    const before = written();
    for (const value of [500, 0]) {
      for (const call of [place, quote]) {
        expectProblem(await call(staff.waiter, { ...takeaway(roti()), [field]: value }), 403, 'forbidden_field', [`/${field}`]);
        expectProblem(await call(asha.token, { ...orderOf(roti()), [field]: value }), 403, 'forbidden_field', [`/${field}`]);
      }
    }
    assert.equal(written(), before);
  });
}

for (const field of ['price', 'subtotal', 'tax', 'tax_amount', 'tax_rate_ppm', 'taxes', 'total', 'total_amount']) {
  test(`a diner never says ${field}; from staff it is no field`, async () => {
    const before = written();
    const value = field === 'taxes' ? [] : 1;
    expectProblem(await place(asha.token, { ...orderOf(roti()), [field]: value }), 403, 'forbidden_field', [`/${field}`]);
    const problem = expectProblem(await place(staff.owner, { ...takeaway(roti()), [field]: value }), 422, 'validation_failed', [`/${field}`]);
    assert.equal(problem.errors[0].code, 'unknown_field');
    assert.equal(written(), before);
  });
}

test('a diner never says what a line costs', async () => {
  for (const field of ['price', 'subtotal', 'tax_amount', 'tax_rate_ppm']) {
    expectProblem(await place(asha.token, orderOf(roti(), { ...roti(), [field]: 1 })), 403, 'forbidden_field', [`/items/1/${field}`]);
  }
  const naan = menu['Butter Naan'];
  expectProblem(await place(asha.token, orderOf({ menu_item_id: naan.id, quantity: 1,
    customizations: [{ ...choice(naan, 'Extras', 'Extra butter'), price_modifier: -5000 }] })),
  403, 'forbidden_field', ['/items/0/customizations/0/price_modifier']);
});

test('a forbidden field is 403 also beside other faults, and all are named', async () => {
  expectProblem(await place(asha.token, { order_type: 'dine_in', items: [{ menu_item_id: 'x', quantity: 0 }], nots: 'x', total: 1 }),
    403, 'forbidden_field', ['/items/0/menu_item_id', '/items/0/quantity', '/nots', '/total']);
});

test('a diner orders in its own session and table only', async () => {
  const before = written();
  for (const id of [chitra.session.id, newId()]) {
    expectProblem(await place(asha.token, { ...orderOf(roti()), session_id: id }), 403, 'forbidden_field', ['/session_id']);
    expectProblem(await quote(asha.token, { ...orderOf(roti()), session_id: id }), 403, 'forbidden_field', ['/session_id']);
  }
  for (const id of [stack.restaurant().tables[1].id, stack.restaurant('caffe-lungarno').tables[0].id, newId()]) {
    expectProblem(await place(asha.token, { ...orderOf(roti()), table_id: id }), 403, 'forbidden_field', ['/table_id']);
  }
  assert.equal(written(), before);
  const own = await placed(asha.token, { ...orderOf(roti()), session_id: asha.session.id, table_id: stack.restaurant().tables[0].id });
  assert.equal(own.session_id, asha.session.id);
  const upper = await placed(asha.token, { ...orderOf(roti()), session_id: asha.session.id.toUpperCase() });
  assert.equal(upper.session_id, asha.session.id);
  for (const call of [place, quote]) expectProblem(await call(asha.token, takeaway(roti())), 422, 'validation_failed', ['/order_type']);
  await during(`UPDATE restaurants SET takeaway_at_tables = true WHERE id = '${restaurantId()}'`,
    `UPDATE restaurants SET takeaway_at_tables = false WHERE id = '${restaurantId()}'`, async () => {
      const carried = await placed(asha.token, takeaway(roti()));
      assert.equal(carried.session_id, asha.session.id, 'what a diner takes away is on its table\'s bill');
    });
});

test('the kitchen and callers without a token may not order', async () => {
  const before = written();
  for (const call of [place, quote]) {
    expectProblem(await call(staff.kitchen, takeaway(roti())), 403, 'insufficient_role');
    const answer = await call(undefined, takeaway(roti()));
    expectProblem(answer, 401, 'unauthenticated');
    assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
  }
  assert.equal(written(), before);
});

// ---- Where an order belongs

test('staff order for a table: the order joins its active session', async () => {
  const order = await placed(staff.waiter, { ...orderOf(roti()), table_id: stack.restaurant().tables[1].id });
  assert.equal(order.session_id, chitra.session.id);
  assert.equal(order.table_id, stack.restaurant().tables[1].id);
  assert.equal(order.diner_id, null);
  const current = expectStatus(await get(stack, '/api/sessions/current', { token: chitra.token }), 200).json;
  assert.ok(current.orders.some((o) => o.id === order.id));
});

/** Ends what runs at the nth table; its id. */
function emptied(n) {
  const { id } = stack.restaurant().tables[n];
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE table_id = '${id}' AND status = 'active'`);
  return id;
}
const sessionsAt = (table) => stack.sql(`SELECT id, status, opened_by, opened_by_staff_id FROM sessions WHERE table_id = '${table}' AND status = 'active'`);
const billOf = async (session, token = staff.waiter, query = '') =>
  expectStatus(await get(stack, `/api/sessions/${session}/bill${query}`, { token }), 200).json;

test('staff order for a table without a session: the order opens one', async () => {
  const table = emptied(11);
  const order = await placed(staff.waiter, { ...orderOf(roti()), table_id: table });
  assert.equal(order.table_id, table);
  assert.deepEqual(sessionsAt(table), [[order.session_id, 'active', 'staff', order.staff_id]]);
  const second = await placed(staff.cashier, { ...orderOf(roti(2)), table_id: table });
  assert.equal(second.session_id, order.session_id);
  assert.equal((await billOf(order.session_id)).total_amount, order.total_amount + second.total_amount);
  const log = expectStatus(await get(stack, `/api/sessions/${order.session_id}/activity`, { token: staff.waiter }), 200).json;
  assert.deepEqual(log.data.map((a) => a.action), ['session_opened', 'order_placed', 'order_placed']);
});

test('its guests get in by a new PIN, and find what staff entered', async () => {
  const table = emptied(11);
  const order = await placed(staff.waiter, { ...orderOf(roti()), table_id: table });
  const { pin } = expectStatus(await post(stack, `/api/sessions/${order.session_id}/pin`, { token: staff.waiter }), 200).json;
  const guest = await joinSession(stack, stack.restaurant().tables[11].code, pin);
  const current = expectStatus(await get(stack, '/api/sessions/current', { token: guest.token }), 200).json;
  assert.deepEqual(current.orders.map((o) => o.id), [order.id]);
});

test('a refused order opens no session, nor does a quote, nor one to take away', async () => {
  const table = emptied(11);
  const before = written();
  expectProblem(await place(staff.waiter, { ...orderOf({ menu_item_id: newId(), quantity: 1 }), table_id: table }), 422, 'item_unavailable');
  expectProblem(await place(staff.waiter, { ...orderOf(roti()), table_id: table, expected_total: 1 }), 409, 'total_changed');
  expectStatus(await quote(staff.waiter, { ...orderOf(roti()), table_id: table }), 200);
  assert.equal(written(), before);
  assert.equal((await placed(staff.waiter, { ...takeaway(roti()), table_id: table })).session_id, null);
  assert.deepEqual(sessionsAt(table), []);
});

test('ten orders at once for an empty table open one session, and all are on its bill', async () => {
  for (let round = 0; round < 3; round++) {
    const table = emptied(11);
    const orders = await Promise.all(Array.from({ length: 10 }, () => placed(staff.waiter, { ...orderOf(roti()), table_id: table })));
    assert.deepEqual([...new Set(orders.map((o) => o.session_id))], sessionsAt(table).map((s) => s[0]));
    // Tax rounds over the table: 10 of 3500 at 5 % are 36750, in whatever order they came.
    assert.equal((await billOf(orders[0].session_id)).total_amount, 36750);
  }
});

// ---- Whom staff order for

test('staff order for a guest: it is on that guest\'s part', async () => {
  const before = (await billOf(asha.session.id, staff.waiter, '?split=diner')).shares;
  const order = await placed(staff.waiter, { ...orderOf(roti()), session_id: asha.session.id, diner_id: bela.diner.id });
  assert.equal(order.diner_id, bela.diner.id);
  assert.notEqual(order.staff_id, null);
  assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: bela.token }), 200).json.diner_id, bela.diner.id);
  const after = (await billOf(asha.session.id, staff.waiter, '?split=diner')).shares;
  const amount = (shares, diner) => shares.find((s) => s.diner_id === diner).amount;
  assert.equal(amount(after, bela.diner.id) - amount(before, bela.diner.id), order.total_amount);
  assert.equal(amount(after, asha.diner.id), amount(before, asha.diner.id));
  const byTable = await placed(staff.waiter, { ...orderOf(roti()), table_id: stack.restaurant().tables[0].id, diner_id: asha.diner.id });
  assert.equal(byTable.diner_id, asha.diner.id);
});

test('only for a guest of the session, and guests not at all', async () => {
  const waiter = await tokenOf(stack, 'waiter', stack.otherSlug);
  const [there] = stack.restaurant(stack.otherSlug).tables;
  const { session, pin } = expectStatus(await post(stack, `/api/tables/${there.id}/session`, { token: waiter }), 201).json;
  const theirs = await joinSession(stack, there.code, pin, { slug: stack.otherSlug });
  const table = emptied(11);
  const before = written();
  for (const diner of [chitra.diner.id, theirs.diner.id, newId()]) {
    expectProblem(await place(staff.waiter, { ...orderOf(roti()), session_id: asha.session.id, diner_id: diner }), 422, 'validation_failed', ['/diner_id']);
  }
  expectProblem(await place(staff.waiter, { ...orderOf(roti()), table_id: table, diner_id: asha.diner.id }), 422, 'validation_failed', ['/diner_id']);
  expectProblem(await place(staff.waiter, { ...takeaway(roti()), diner_id: asha.diner.id }), 422, 'validation_failed', ['/diner_id']);
  expectProblem(await place(asha.token, { ...orderOf(roti()), diner_id: bela.diner.id }), 403, 'forbidden_field', ['/diner_id']);
  expectProblem(await place(asha.token, { ...orderOf(roti()), diner_id: asha.diner.id }), 403, 'forbidden_field', ['/diner_id']);
  assert.equal(written(), before);
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: waiter }), 200);
});

test('staff order for a session', async () => {
  const order = await placed(staff.waiter, { ...orderOf(roti()), session_id: chitra.session.id });
  assert.equal(order.session_id, chitra.session.id);
  assert.equal(order.table_id, stack.restaurant().tables[1].id);
  const both = await placed(staff.waiter, { ...orderOf(roti()), session_id: chitra.session.id, table_id: stack.restaurant().tables[1].id });
  assert.equal(both.session_id, chitra.session.id);
});

test('a table that is not the session\'s is refused', async () => {
  const before = written();
  expectProblem(await place(staff.waiter, { ...orderOf(roti()), session_id: chitra.session.id, table_id: stack.restaurant().tables[0].id }),
    422, 'validation_failed', ['/table_id']);
  assert.equal(written(), before);
});

test('an order to be eaten here needs a place, one to take away does not', async () => {
  const before = written();
  expectProblem(await place(staff.waiter, orderOf(roti())), 422, 'validation_failed', ['/table_id']);
  assert.equal(written(), before);
  const order = await placed(staff.waiter, takeaway(roti()));
  assert.equal(order.order_type, 'takeaway');
  assert.equal(order.table_id, null);
  assert.equal(order.session_id, null);
});

test('tables and sessions that are not there, or not ours, are refused alike', async () => {
  const foreign = stack.restaurant('caffe-lungarno').tables[0].id;
  const opened = expectStatus(await post(stack, `/api/tables/${foreign}/session`, { token: await tokenOf(stack, 'waiter', 'caffe-lungarno') }), 201).json;
  const before = written();
  const shown = [];
  for (const table of [foreign, newId()]) {
    shown.push(faults(expectProblem(await place(staff.waiter, { ...orderOf(roti()), table_id: table }), 422, 'validation_failed', ['/table_id'])));
  }
  for (const session of [opened.session.id, newId()]) {
    shown.push(faults(expectProblem(await place(staff.waiter, { ...orderOf(roti()), session_id: session }), 422, 'validation_failed', ['/session_id'])));
  }
  assert.deepEqual(shown[0], shown[1]);
  assert.deepEqual(shown[2], shown[3]);
  expectProblem(await place(staff.waiter, { ...orderOf(roti()), table_id: newId(), session_id: newId() }),
    422, 'validation_failed', ['/session_id', '/table_id']);
  assert.equal(written(), before);
});

// ---- Fields

test('an unknown field is named', async () => {
  const before = written();
  const naan = menu['Butter Naan'];
  const bodies = [
    ['/tabel_id', { ...takeaway(roti()), tabel_id: newId() }],
    ['/Notes', { ...takeaway(roti()), Notes: 'x' }],
    ['/status', { ...takeaway(roti()), status: 'completed' }],
    ['/payment_status', { ...takeaway(roti()), payment_status: 'paid' }],
    ['/currency', { ...takeaway(roti()), currency: 'USD' }],
    ['/order_number', { ...takeaway(roti()), order_number: 1 }],
    ['/restaurant_id', { ...takeaway(roti()), restaurant_id: newId() }],
    ['/version', { ...takeaway(roti()), version: null }],
    ['/a~1b~0c', { ...takeaway(roti()), 'a/b~c': 1 }],
    ['/', { ...takeaway(roti()), '': 1 }],
    ['/"\\\n', { ...takeaway(roti()), '"\\\n': 1 }],
    ['/items/1/qty', takeaway(roti(), { ...roti(), qty: 2 })],
    ['/items/0/customizations/0/name', takeaway({ menu_item_id: naan.id, quantity: 1,
      customizations: [{ ...choice(naan, 'Extras', 'Extra butter'), name: 'x' }] })],
  ];
  for (const [pointer, body] of bodies) {
    for (const call of [place, quote]) {
      const problem = expectProblem(await call(asha.token, body), 422, 'validation_failed', [pointer]);
      assert.equal(problem.errors[0].code, 'unknown_field', pointer);
    }
  }
  assert.equal(written(), before);
});

test('every fault of the fields is reported at once', async () => {
  const before = written();
  const body = {
    id: 'no', table_id: 7, session_id: '', order_type: 'delivery', tip_amount: -1, discount_amount: '5',
    deposit_used: 1.5, expected_total: -1, payment_method: 'barter', customer_name: 'n'.repeat(121),
    customer_phone: '1'.repeat(41), notes: 'x'.repeat(1001), special_instructions: ['x'], nonsense: true,
    items: [
      { menu_item_id: 'no', quantity: 0, customizations: {}, special_instructions: 's'.repeat(501), extra: 1 },
      { quantity: 2 },
      { menu_item_id: menu['Tandoori Roti'].id },
      7,
      { ...roti(), customizations: [{ option_id: 'no' }, 'x', { value_id: newId(), option_id: newId(), x: 1 }] },
    ],
  };
  const want = {
    '/id': 'invalid_format', '/table_id': 'wrong_type', '/session_id': 'invalid_format', '/order_type': 'invalid_choice',
    '/tip_amount': 'out_of_range', '/discount_amount': 'wrong_type', '/deposit_used': 'wrong_type',
    '/expected_total': 'out_of_range', '/payment_method': 'invalid_choice', '/customer_name': 'too_long',
    '/customer_phone': 'too_long', '/notes': 'too_long', '/special_instructions': 'wrong_type', '/nonsense': 'unknown_field',
    '/items/0/menu_item_id': 'invalid_format', '/items/0/quantity': 'out_of_range', '/items/0/customizations': 'wrong_type',
    '/items/0/special_instructions': 'too_long', '/items/0/extra': 'unknown_field', '/items/1/menu_item_id': 'required',
    '/items/2/quantity': 'required', '/items/3': 'wrong_type', '/items/4/customizations/0/option_id': 'invalid_format',
    '/items/4/customizations/0/value_id': 'required', '/items/4/customizations/1': 'wrong_type',
    '/items/4/customizations/2/x': 'unknown_field',
  };
  const problem = expectProblem(await place(staff.cashier, body), 422, 'validation_failed', Object.keys(want));
  assert.deepEqual(faults(problem), want);
  for (const fault of problem.errors) assert.ok(fault.detail.length > 5);
  assert.equal(written(), before);
});

test('every fault of the items is reported at once', async () => {
  const paneer = menu['Paneer Butter Masala'];
  const good = lineOf(paneer);
  expectProblem(await place(asha.token, orderOf(
    roti(),
    lineOf(menu['Tandoori Tiger Prawns']),
    { menu_item_id: newId(), quantity: 1 },
    { ...good, customizations: good.customizations.slice(1) },
    good,
    { ...good, customizations: [...good.customizations, good.customizations[0]] },
  )), 422, 'item_unavailable', ['/items/1/menu_item_id', '/items/2/menu_item_id', '/items/3/customizations', '/items/5/customizations/2']);
});

test('every fault of one item\'s choices is reported at once', async () => {
  // Portion and spice level both are asked for and both are missing.
  const problem = expectProblem(await place(asha.token, orderOf({ menu_item_id: menu['Paneer Butter Masala'].id, quantity: 1 })),
    422, 'invalid_selection');
  assert.equal(problem.errors.length, 2, JSON.stringify(problem.errors));
  const kebab = menu['Lamb Seekh Kebab'];
  expectProblem(await place(asha.token, orderOf({ menu_item_id: kebab.id, quantity: 1, customizations: [
    choice(kebab, 'Spice level', 'With bhut jolokia'), { option_id: newId(), value_id: newId() }] })),
  422, 'invalid_selection', ['/items/0/customizations/0', '/items/0/customizations/1']);
});

test('faults of the place and of the items are reported at once', async () => {
  expectProblem(await place(staff.waiter, { ...orderOf({ menu_item_id: newId(), quantity: 1 }), table_id: newId() }),
    422, 'validation_failed', ['/items/0/menu_item_id', '/table_id']);
});

test('a quantity is a whole number from 1 to 99', async () => {
  const before = written();
  const bad = [[0, 'out_of_range'], [100, 'out_of_range'], [-1, 'out_of_range'], [1.5, 'wrong_type'], ['2', 'wrong_type'],
    [null, 'required'], [true, 'wrong_type'], [[1], 'wrong_type'], [{}, 'wrong_type'], [2 ** 53, 'out_of_range']];
  for (const [quantity, code] of bad) {
    const problem = expectProblem(await place(asha.token, orderOf({ ...roti(), quantity })), 422, 'validation_failed', ['/items/0/quantity']);
    assert.equal(problem.errors[0].code, code, JSON.stringify(quantity));
  }
  for (const text of ['1.0', '1e1', '-0', '9223372036854775807', '-9223372036854775808']) {
    const body = JSON.stringify(orderOf(roti(7))).replace('"quantity":7', `"quantity":${text}`);
    expectProblem(await place(asha.token, body), 422, 'validation_failed', ['/items/0/quantity']);
  }
  assert.equal(written(), before);
  for (const quantity of [1, 99]) assert.equal((await placed(asha.token, orderOf(roti(quantity)))).items[0].quantity, quantity);
});

test('amounts are whole numbers from 0 to 2^53 - 1', async () => {
  const before = written();
  for (const field of ['tip_amount', 'discount_amount', 'deposit_used', 'expected_total']) {
    for (const value of [-1, 0.5, '1', true, 2 ** 53]) {
      expectProblem(await place(staff.cashier, { ...takeaway(roti()), [field]: value }), 422, 'validation_failed', [`/${field}`]);
    }
  }
  assert.equal(written(), before);
});

test('an order has 1 to 100 lines', async () => {
  const before = written();
  for (const items of [[], Array.from({ length: 101 }, () => roti()), {}, 'roti', 1]) {
    expectProblem(await place(staff.waiter, { order_type: 'takeaway', items }), 422, 'validation_failed', ['/items']);
  }
  expectProblem(await place(staff.waiter, { order_type: 'takeaway' }), 422, 'validation_failed', ['/items']);
  expectProblem(await place(staff.waiter, { order_type: 'takeaway', items: null }), 422, 'validation_failed', ['/items']);
  assert.equal(written(), before);
});

test('the largest order: 100 lines of 99', async () => {
  const paneer = menu['Paneer Butter Masala'];
  const line = { ...lineOf(paneer, 99), special_instructions: 'ü'.repeat(500) };
  const order = await placed(asha.token, orderOf(...Array.from({ length: 100 }, () => line)));
  assert.equal(order.items.length, 100);
  assert.equal(order.subtotal, 100 * 99 * (31900 - 9000)); // the first portion is the half one
  assert.equal(order.tax_amount, order.subtotal / 20);
  assert.equal(order.total_amount, order.subtotal + order.tax_amount);
  for (const item of order.items) assert.equal(item.special_instructions.length, 500);
  assert.equal(stack.sqlValue(`SELECT string_agg(position::text, ',' ORDER BY id) FROM order_items WHERE order_id = '${order.id}'`),
    Array.from({ length: 100 }, (_, i) => i + 1).join(','));
});

test('the most choices that a body holds', async () => {
  // An option of fifty values on an item that has none of its own.
  const item = menu['Missi Roti'].id;
  const option = newId();
  const values = Array.from({ length: 50 }, newId);
  await during(
    `INSERT INTO menu_item_options (restaurant_id, id, menu_item_id, name, min_select, max_select)
       VALUES ('${restaurantId()}', '${option}', '${item}', 'Everything', 0, 50);
     INSERT INTO menu_item_option_values (restaurant_id, id, option_id, name, price_modifier)
       SELECT '${restaurantId()}', v.id, '${option}', 'Value ' || v.n, v.n
       FROM unnest('{${values}}'::uuid[]) WITH ORDINALITY v (id, n)`,
    `UPDATE menu_item_options SET deleted_at = now() WHERE id = '${option}'`,
    async () => {
      const line = { menu_item_id: item, quantity: 1, customizations: values.map((value_id) => ({ option_id: option, value_id })) };
      const body = JSON.stringify(takeaway(...Array.from({ length: 45 }, () => line)));
      assert.ok(body.length > 200_000 && body.length < 262_144);
      const order = await placed(staff.waiter, body);
      assert.equal(order.items.length, 45);
      assert.equal(order.subtotal, 45 * (5900 + (50 * 51) / 2));
      for (const { customizations } of order.items) assert.deepEqual(customizations.map((c) => c.value_id), values);
    });
});

test('texts have limits, in characters', async () => {
  const limits = { customer_name: 120, customer_phone: 40, notes: 1000, special_instructions: 1000 };
  for (const [field, max] of Object.entries(limits)) {
    for (const character of ['x', 'ü', '🍛']) {
      const order = await placed(staff.waiter, { ...takeaway(roti()), [field]: character.repeat(max) });
      assert.equal(order[field], character.repeat(max));
      const problem = expectProblem(await place(staff.waiter, { ...takeaway(roti()), [field]: character.repeat(max + 1) }),
        422, 'validation_failed', [`/${field}`]);
      assert.equal(problem.errors[0].code, 'too_long');
    }
    for (const wrong of [1, true, [], {}]) {
      expectProblem(await place(staff.waiter, { ...takeaway(roti()), [field]: wrong }), 422, 'validation_failed', [`/${field}`]);
    }
    for (const control of ['a\u0001b', 'a\u001bb', 'a\u007fb']) {
      expectProblem(await place(staff.waiter, { ...takeaway(roti()), [field]: control }), 422, 'validation_failed', [`/${field}`]);
    }
  }
  expectProblem(await place(staff.waiter, takeaway({ ...roti(), special_instructions: 'x'.repeat(501) })),
    422, 'validation_failed', ['/items/0/special_instructions']);
  const blank = await placed(staff.waiter, { ...takeaway(roti()), notes: ' \n\t ', customer_name: '  Ravi  ' });
  assert.equal(blank.notes, null);
  assert.equal(blank.customer_name, 'Ravi');
});

test('without an order type an order at a table is to eat here', async () => {
  const items = [roti()];
  for (const [token, body] of [[asha.token, { items }], [asha.token, { items, order_type: null }],
    [staff.waiter, { items, session_id: asha.session.id }], [staff.owner, { items, table_id: asha.session.table_id }]]) {
    assert.equal(expectStatus(await quote(token, body), 200).json.order_type, 'dine_in');
    const order = await placed(token, body);
    assert.deepEqual([order.order_type, order.session_id], ['dine_in', asha.session.id]);
  }
  assert.equal((await placed(staff.waiter, { items, order_type: 'takeaway' })).order_type, 'takeaway');
});

test('order type and payment method are from their lists', async () => {
  for (const order_type of ['Dine_in', 'delivery', '', 1]) {
    expectProblem(await place(staff.waiter, { ...takeaway(roti()), order_type }), 422, 'validation_failed', ['/order_type']);
  }
  for (const order_type of [undefined, null]) {
    const problem = expectProblem(await place(staff.waiter, { order_type, items: [roti()] }), 422, 'validation_failed', ['/order_type']);
    assert.equal(problem.errors[0].code, 'required');
  }
  for (const payment_method of ['cheque', 'CASH', '', 1]) {
    expectProblem(await place(staff.waiter, { ...takeaway(roti()), payment_method }), 422, 'validation_failed', ['/payment_method']);
  }
  for (const payment_method of ['cash', 'card', 'upi', 'online', 'other']) {
    const order = await placed(asha.token, { ...orderOf(roti()), payment_method });
    assert.equal(order.payment_method, payment_method);
    assert.equal(order.payment_status, 'unpaid');
  }
});

// ---- Card numbers

const cardFields = {
  '/customer_name': (text) => ({ ...takeaway(roti()), customer_name: text }),
  '/customer_phone': (text) => ({ ...takeaway(roti()), customer_phone: text }),
  '/notes': (text) => ({ ...takeaway(roti()), notes: text }),
  '/special_instructions': (text) => ({ ...takeaway(roti()), special_instructions: text }),
  '/items/1/special_instructions': (text) => takeaway(roti(), { ...roti(), special_instructions: text }),
};

for (const [pointer, body] of Object.entries(cardFields)) {
  test(`no card number in ${pointer}`, async () => {
    const before = written();
    for (const card of ['4222222222222', '378282246310005', '4111111111111111', '6304000000000000018', 'pay with 5555555555554444, thanks',
      '4111 1111 1111 1111', '4111-1111-1111-1111', 'x4111111111111111x']) {
      for (const call of [place, quote]) {
        const problem = expectProblem(await call(staff.waiter, body(card)), 422, 'card_number_rejected', [pointer]);
        assert.ok(!JSON.stringify({ ...problem, request_id: '' }).includes('1111'), 'the answer does not repeat it');
      }
    }
    assert.equal(written(), before);
    // No Luhn sum, too short, too long.
    for (const other of ['4111111111111112', '411111111117', '41111111111111111115']) expectStatus(await place(staff.waiter, body(other)), 201);
  });
}

test('a card number beside other numbers is one still', async () => {
  for (const notes of ['4111111111111111 12/27', 'table 12 4111111111111111', '4111111111111111 123', '1-4111111111111111']) {
    expectProblem(await place(staff.waiter, { ...takeaway(roti()), notes }), 422, 'card_number_rejected', ['/notes']);
  }
});

test('a phone number with its country code is no card number', async () => {
  // The digits of each pass the Luhn check and begin as Maestro's numbers do.
  for (const customer_phone of ['+62 812 0000 0000 3', '+60 12-000 00000 9', '+65 9000 0000 004', '+63-900-000-0005', '00 62 812 0000 0000 3'])
    assert.equal((await placed(staff.waiter, { ...takeaway(roti()), customer_phone })).customer_phone, customer_phone);
  expectProblem(await place(staff.waiter, { ...takeaway(roti()), notes: 'call 501800000009' }), 422, 'card_number_rejected', ['/notes']);
  for (const customer_phone of ['501800000009', '+4111 1111 1111 1111', '+501800000009 or 501800000009'])
    expectProblem(await place(staff.waiter, { ...takeaway(roti()), customer_phone }), 422, 'card_number_rejected', ['/customer_phone']);
  expectStatus(await place(staff.waiter, { ...takeaway(roti()), customer_phone: '+501800000009' }), 201);
  // The numbers of orders and bar codes begin as no issuer's.
  expectStatus(await place(staff.waiter, { ...takeaway(roti()), notes: 'Order 10000000000008, EAN 9780306406156' }), 201);
});

test('card numbers and other faults are reported at once', async () => {
  const problem = expectProblem(await place(staff.waiter, { ...takeaway({ ...roti(), quantity: 0 }), notes: '4111111111111111',
    customer_name: '378282246310005', nonsense: 1 }), 422, 'validation_failed', ['/items/0/quantity', '/notes', '/customer_name', '/nonsense']);
  assert.equal(faults(problem)['/notes'], 'card_number_rejected');
});

test('no line of the log holds a body', () => {
  const log = readFileSync(stack.logFile, 'utf8');
  for (const secret of ['4111111111111111', '378282246310005', 'Ravi', 'a birthday']) assert.ok(!log.includes(secret), secret);
});

// ---- What is on the menu

test('an item that became unavailable is refused at its place', async () => {
  const id = menu['Laccha Paratha'].id;
  const body = orderOf(roti(), lineOf(menu['Laccha Paratha']));
  expectStatus(await place(asha.token, body), 201);
  await during(`UPDATE menu_items SET is_available = false WHERE id = '${id}'`, `UPDATE menu_items SET is_available = true WHERE id = '${id}'`, async () => {
    const before = written();
    for (const call of [place, quote]) expectProblem(await call(asha.token, body), 422, 'item_unavailable', ['/items/1/menu_item_id']);
    assert.equal(written(), before);
  });
  expectStatus(await place(asha.token, body), 201);
});

test('a deleted item is refused, and one that never was', async () => {
  const id = menu['Missi Roti'].id;
  await during(`UPDATE menu_items SET deleted_at = now() WHERE id = '${id}'`, `UPDATE menu_items SET deleted_at = NULL WHERE id = '${id}'`, async () => {
    const before = written();
    expectProblem(await place(asha.token, orderOf({ menu_item_id: id, quantity: 1 })), 422, 'item_unavailable', ['/items/0/menu_item_id']);
    expectProblem(await place(asha.token, orderOf({ menu_item_id: newId(), quantity: 1 })), 422, 'item_unavailable', ['/items/0/menu_item_id']);
    assert.equal(written(), before);
  });
});

test('an item of the other restaurant is as if it did not exist', async () => {
  const foreign = (await readMenu(stack, 'caffe-lungarno')).byName['Panzanella'].id;
  const answers = [];
  for (const id of [foreign, newId()]) {
    answers.push(expectProblem(await place(staff.manager, takeaway({ menu_item_id: id, quantity: 1 })), 422, 'item_unavailable', ['/items/0/menu_item_id']));
  }
  assert.deepEqual(answers[0].errors, answers[1].errors);
});

test('fewer choices than an option needs are refused', async () => {
  const basket = menu['Bread Basket'];
  const three = basket.options[0];
  const pick = (...places) => orderOf({ menu_item_id: basket.id, quantity: 1,
    customizations: places.map((i) => ({ option_id: three.id, value_id: three.values[i].id })) });
  for (const body of [pick(), pick(0), pick(0, 1)]) {
    for (const call of [place, quote]) expectProblem(await call(asha.token, body), 422, 'invalid_selection', ['/items/0/customizations']);
  }
  expectStatus(await place(asha.token, pick(0, 1, 5)), 201);
});

test('more choices than an option takes are refused', async () => {
  const basket = menu['Bread Basket'];
  const three = basket.options[0];
  const body = orderOf({ menu_item_id: basket.id, quantity: 1,
    customizations: [0, 1, 2, 3].map((i) => ({ option_id: three.id, value_id: three.values[i].id })) });
  const problem = expectProblem(await place(asha.token, body), 422, 'invalid_selection');
  assert.equal(problem.errors.length, 1);
  assert.match(problem.errors[0].field, /^\/items\/0\/customizations(\/[0-3])?$/);
  const naan = menu['Butter Naan'];
  const all = naan.options[0].values.map((v) => ({ option_id: naan.options[0].id, value_id: v.id }));
  assert.match(expectProblem(await place(asha.token, orderOf(roti(), { menu_item_id: naan.id, quantity: 1, customizations: all })), 422, 'invalid_selection')
    .errors[0].field, /^\/items\/1\/customizations/);
  expectStatus(await place(asha.token, orderOf({ menu_item_id: naan.id, quantity: 1, customizations: all.slice(0, 2) })), 201);
});

test('a value chosen twice is refused', async () => {
  const basket = menu['Bread Basket'];
  const three = basket.options[0];
  stack.sql(`UPDATE menu_item_options SET allow_repeat = false WHERE id = '${three.id}'`);
  const customizations = [0, 1, 0].map((i) => ({ option_id: three.id, value_id: three.values[i].id }));
  expectProblem(await place(asha.token, orderOf({ menu_item_id: basket.id, quantity: 1, customizations })),
    422, 'invalid_selection', ['/items/0/customizations/2']);
  customizations[2].value_id = customizations[2].value_id.toUpperCase();
  expectProblem(await place(asha.token, orderOf({ menu_item_id: basket.id, quantity: 1, customizations })),
    422, 'invalid_selection', ['/items/0/customizations/2']);
  stack.sql(`UPDATE menu_item_options SET allow_repeat = true WHERE id = '${three.id}'`);
});

test('double cheese: a value more than once, by its quantity or by naming it twice', async () => {
  const kulcha = menu['Cheese Naan'];
  const option = expectStatus(await post(stack, `/api/menu/items/${kulcha.id}/options`, { token: staff.owner, body: { name: 'More', max_select: 4,
    values: [{ name: 'Cheese', price_modifier: 1500 }, { name: 'Chilli', price_modifier: 200 }] } }), 201).json;
  assert.equal(option.allow_repeat, true);
  const [cheese, chilli] = option.values.map((v) => ({ option_id: option.id, value_id: v.id }));
  const line = (customizations) => orderOf({ menu_item_id: kulcha.id, quantity: 2, customizations });
  for (const customizations of [[{ ...cheese, quantity: 3 }, chilli], [cheese, chilli, cheese, cheese], [{ ...cheese, quantity: 2 }, chilli, { ...cheese, quantity: 1 }]]) {
    const order = await placed(asha.token, line(customizations));
    assert.equal(order.subtotal, 2 * (kulcha.price + 3 * 1500 + 200));
    assert.deepEqual(order.items[0].customizations.map((c) => [c.value_id, c.quantity]), [[cheese.value_id, 3], [chilli.value_id, 1]]);
    assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: staff.waiter }), 200).json, order);
  }
  expectProblem(await place(asha.token, line([{ ...cheese, quantity: 3 }, { ...chilli, quantity: 2 }])), 422, 'invalid_selection', ['/items/0/customizations/1']);
  for (const quantity of [0, 10, 1.5, '2']) {
    expectProblem(await place(asha.token, line([{ ...cheese, quantity }])), 422, 'validation_failed', ['/items/0/customizations/0/quantity']);
  }
  stack.sql(`UPDATE menu_item_options SET allow_repeat = false WHERE id = '${option.id}'`);
  expectProblem(await place(asha.token, line([{ ...cheese, quantity: 2 }])), 422, 'invalid_selection', ['/items/0/customizations/0']);
});

test('options and values of another item are refused', async () => {
  const naan = menu['Butter Naan'];
  const other = menu['Garlic Naan'];
  const own = choice(naan, 'Extras', 'Extra butter');
  const foreign = choice(other, 'Extras', 'Extra butter');
  const caffe = (await readMenu(stack, 'caffe-lungarno')).byName['Schiacciata con mortadella'];
  const elsewhere = choice(caffe, 'Extras', 'Pecorino');
  for (const wrong of [foreign, { ...own, value_id: foreign.value_id }, { ...foreign, value_id: own.value_id }, elsewhere,
    { option_id: newId(), value_id: newId() }, { option_id: own.value_id, value_id: own.option_id }]) {
    expectProblem(await place(asha.token, orderOf({ menu_item_id: naan.id, quantity: 1, customizations: [own, wrong] })),
      422, 'invalid_selection', ['/items/0/customizations/1']);
  }
  // Both items in one order: each line is looked at by itself.
  expectProblem(await place(asha.token, orderOf({ menu_item_id: other.id, quantity: 1, customizations: [foreign] },
    { menu_item_id: naan.id, quantity: 1, customizations: [foreign] })), 422, 'invalid_selection', ['/items/1/customizations/0']);
});

test('a value that is not available, deleted or on a deleted option is refused', async () => {
  const kebab = menu['Lamb Seekh Kebab'];
  expectProblem(await place(asha.token, orderOf({ menu_item_id: kebab.id, quantity: 1,
    customizations: [choice(kebab, 'Spice level', 'With bhut jolokia')] })), 422, 'invalid_selection', ['/items/0/customizations/0']);
  const naan = menu['Butter Naan'];
  const chosen = choice(naan, 'Extras', 'Extra butter');
  const body = orderOf({ menu_item_id: naan.id, quantity: 1, customizations: [chosen] });
  for (const [table, id, set, unset] of [
    ['menu_item_option_values', chosen.value_id, 'is_available = false', 'is_available = true'],
    ['menu_item_option_values', chosen.value_id, 'deleted_at = now()', 'deleted_at = NULL'],
    ['menu_item_options', chosen.option_id, 'deleted_at = now()', 'deleted_at = NULL']]) {
    await during(`UPDATE ${table} SET ${set} WHERE id = '${id}'`, `UPDATE ${table} SET ${unset} WHERE id = '${id}'`, async () => {
      expectProblem(await place(asha.token, body), 422, 'invalid_selection', ['/items/0/customizations/0']);
    });
  }
  expectStatus(await place(asha.token, body), 201);
});

test('an item with a required option without values is not available', async () => {
  const option = newId();
  const item = menu['Steamed Basmati'].id;
  await during(
    `INSERT INTO menu_item_options (restaurant_id, id, menu_item_id, name, min_select, max_select)
     VALUES ('${restaurantId()}', '${option}', '${item}', 'Empty', 1, 1)`,
    `UPDATE menu_item_options SET deleted_at = now() WHERE id = '${option}'`,
    async () => {
      expectProblem(await place(asha.token, orderOf({ menu_item_id: item, quantity: 1 })), 422, 'item_unavailable', ['/items/0/menu_item_id']);
      expectProblem(await place(asha.token, orderOf({ menu_item_id: item, quantity: 1, customizations: [{ option_id: option, value_id: newId() }] })),
        422, 'item_unavailable', ['/items/0/menu_item_id']);
    });
  expectStatus(await place(asha.token, orderOf({ menu_item_id: item, quantity: 1 })), 201);
});

// ---- The expected total

test('a total other than the expected one is reported, and nothing is written', async () => {
  const before = written();
  const body = { ...orderOf(roti(2), lineOf(menu['Cola, 300 ml'])), tip_amount: 100 };
  const figures = { currency: 'INR', subtotal: 13000, tax_amount: 350 + 720, tip_amount: 100, discount_amount: 0, deposit_used: 0,
    taxes: [{ rate_ppm: 50000, taxable: 7000, amount: 350 }, { rate_ppm: 120000, taxable: 6000, amount: 720 }], total_amount: 14170 };
  for (const expected of [14169, 14171, 0, 2 ** 53 - 1]) {
    for (const call of [place, quote]) {
      const problem = expectProblem(await call(asha.token, { ...body, expected_total: expected }), 409, 'total_changed');
      for (const [name, value] of Object.entries(figures)) assert.deepEqual(problem[name], value, name);
    }
  }
  assert.equal(written(), before);
  const order = await placed(asha.token, { ...body, expected_total: 14170 });
  assert.equal(order.total_amount, 14170);
  expectStatus(await quote(asha.token, { ...body, expected_total: 14170 }), 200);
});

test('a price that changed between quote and order is noticed', async () => {
  const id = menu['Tandoori Roti'].id;
  const { total_amount: total } = expectStatus(await quote(asha.token, orderOf(roti())), 200).json;
  await during(`UPDATE menu_items SET price = 3600 WHERE id = '${id}'`, `UPDATE menu_items SET price = 3500 WHERE id = '${id}'`, async () => {
    const problem = expectProblem(await place(asha.token, { ...orderOf(roti()), expected_total: total }), 409, 'total_changed');
    assert.equal(problem.total_amount, 3780);
  });
  expectStatus(await place(asha.token, { ...orderOf(roti()), expected_total: total }), 201);
});

// ---- Ids

test('an id given by the client is the order\'s; the same again is refused', async () => {
  const id = newId();
  const first = await placed(asha.token, { ...orderOf(roti()), id, notes: 'first' });
  assert.equal(first.id, id);
  const before = written();
  for (const [token, body] of [[asha.token, { ...orderOf(roti()), id, notes: 'first' }], [asha.token, { ...orderOf(roti(5)), id: id.toUpperCase() }],
    [chitra.token, { ...orderOf(roti()), id }], [staff.manager, { ...takeaway(roti(2)), id }]]) {
    expectProblem(await place(token, body), 409, 'order_exists');
  }
  assert.equal(written(), before);
  assert.deepEqual((await get(stack, `/api/orders/${id}`, { token: staff.waiter })).json, first);
  const next = await placed(asha.token, orderOf(roti()));
  assert.equal(next.order_number, first.order_number + 1, 'what was refused took no number');
});

test('an id in use at the other restaurant is free here', async () => {
  const { items } = await readMenu(stack, 'caffe-lungarno');
  const id = newId();
  const body = { ...takeaway(lineOf(items.find((i) => i.name === 'Panzanella'))), id };
  expectStatus(await place(await tokenOf(stack, 'waiter', 'caffe-lungarno'), body), 201);
  const here = await placed(staff.waiter, { ...takeaway(roti()), id });
  assert.equal(here.id, id);
  assert.equal(here.currency, 'INR');
  assert.equal((await get(stack, `/api/orders/${id}`, { token: staff.waiter })).json.currency, 'INR');
});

test('the same id many times at once makes one order', async () => {
  const id = newId();
  const answers = await Promise.all(Array.from({ length: 12 }, () => place(asha.token, { ...orderOf(roti()), id })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array.from({ length: 11 }, () => 409)]);
  for (const answer of answers.filter((a) => a.status === 409)) assert.equal(answer.json.code, 'order_exists');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM orders WHERE id = '${id}'`), '1');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM order_status_history WHERE order_id = '${id}'`), '1');
});

// ---- Closed

test('a closed restaurant takes no orders of guests', async () => {
  await during(`UPDATE restaurants SET is_open = false WHERE slug = '${stack.slug}'`, `UPDATE restaurants SET is_open = true WHERE slug = '${stack.slug}'`, async () => {
    const before = written();
    expectProblem(await place(asha.token, orderOf(roti())), 409, 'restaurant_closed');
    expectProblem(await quote(asha.token, orderOf(roti())), 409, 'restaurant_closed');
    assert.equal(written(), before);
    for (const role of ['waiter', 'owner']) {
      expectStatus(await quote(staff[role], takeaway(roti())), 200);
      expectStatus(await place(staff[role], takeaway(roti())), 201);
    }
  });
  expectStatus(await place(asha.token, orderOf(roti())), 201);
});

test('a closed session takes no orders: 409 for staff, 401 for its diners', async () => {
  const { token, session } = await openSession(stack, 5);
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: staff.waiter }), 200);
  const before = written();
  for (const call of [place, quote]) {
    expectProblem(await call(staff.waiter, { ...orderOf(roti()), session_id: session.id }), 409, 'session_closed');
    expectProblem(await call(token, orderOf(roti())), 401, 'session_ended');
  }
  assert.equal(written(), before);
});

test('an expired session takes no orders: 409 for staff, 401 for its diners', async () => {
  const { token, session } = await openSession(stack, 6);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = '${session.id}'`);
  const before = written();
  for (const call of [place, quote]) {
    expectProblem(await call(staff.waiter, { ...orderOf(roti()), session_id: session.id }), 409, 'session_closed');
    expectProblem(await call(token, orderOf(roti())), 401, 'session_ended');
  }
  assert.equal(written(), before);
});

test('a session is closed while orders come in: each is in it or refused', async () => {
  const { token, session } = await openSession(stack, 7);
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, () => place(token, orderOf(roti()))),
    post(stack, `/api/sessions/${session.id}/close`, { token: staff.manager, body: { force: true } }),
    ...Array.from({ length: 10 }, () => place(token, orderOf(roti()))),
  ]);
  expectStatus(answers.splice(10, 1)[0], 200);
  for (const answer of answers) assert.ok(answer.status === 201 || answer.json.code === 'session_ended', answer.text);
  assert.equal(Number(stack.sqlValue(`SELECT count(*) FROM orders WHERE session_id = '${session.id}'`)),
    answers.filter((a) => a.status === 201).length);
});

// ---- Quotes

test('a quote has the figures of the order, and nothing is written', async (t) => {
  const { below, from } = random(t);
  const orderable = Object.values(menu).filter((i) => i.is_available);
  const some = (list, n) => {
    const rest = [...list];
    return Array.from({ length: n }, () => rest.splice(below(rest.length), 1)[0]);
  };
  const line = () => {
    const item = from(orderable);
    const customizations = item.options.flatMap((o) => {
      const values = o.values.filter((v) => v.is_available);
      const n = Math.min(values.length, o.min_select + below(o.max_select - o.min_select + 1));
      return some(values, n).map((v) => ({ option_id: o.id, value_id: v.id }));
    });
    return { menu_item_id: item.id, quantity: 1 + below(9), customizations, ...(below(3) === 0 ? { special_instructions: 'less salt' } : {}) };
  };
  const bodies = Array.from({ length: 30 }, () => ({
    ...takeaway(...Array.from({ length: 1 + below(8) }, line)),
    ...(below(2) ? { tip_amount: below(10_000) } : {}),
    ...(below(2) ? { discount_amount: below(3000) } : {}),
    ...(below(2) ? { deposit_used: below(500) } : {}),
    ...(below(2) ? { table_id: from(stack.restaurant().tables).id } : {}),
    notes: 'a quote',
  }));
  for (const body of bodies) { // one by one: taxes are rounded over a table's orders
    const before = written();
    const quoted = expectStatus(await quote(staff.cashier, body), 200).json;
    assert.equal(written(), before);
    const order = await placed(staff.cashier, { ...body, expected_total: quoted.total_amount });
    for (const field of ['order_type', 'currency', 'subtotal', 'tax_amount', 'taxes', 'tip_amount', 'discount_amount', 'deposit_used', 'total_amount']) {
      assert.deepEqual(order[field], quoted[field], field);
    }
    const lines = (list) => list.map(({ menu_item_id, name, price, quantity, subtotal, special_instructions, customizations }) =>
      ({ menu_item_id, name, price, quantity, subtotal, special_instructions, customizations }));
    assert.deepEqual(lines(order.items), lines(quoted.items));
  }
});

// ---- Numbers

test('order numbers rise by one', async () => {
  const numbers = [];
  for (const [token, body] of [[asha.token, orderOf(roti())], [staff.waiter, takeaway(roti())], [chitra.token, orderOf(roti())]]) {
    numbers.push((await placed(token, body)).order_number);
    expectStatus(await place(token, orderOf({ ...roti(), menu_item_id: newId() })), 422); // takes none
  }
  assert.deepEqual(numbers, [numbers[0], numbers[0] + 1, numbers[0] + 2]);
});

test('orders at once have numbers without gaps or duplicates', async () => {
  const last = (await placed(staff.waiter, takeaway(roti()))).order_number;
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 3 === 0
    ? place(asha.token, { ...orderOf(roti()), expected_total: 1 }) // refused
    : i % 3 === 1 ? place(staff.waiter, takeaway(roti())) : place(asha.token, orderOf(roti())))));
  const numbers = answers.filter((a) => a.status === 201).map((a) => a.json.order_number).sort((a, b) => a - b);
  assert.deepEqual(numbers, Array.from({ length: 20 }, (_, i) => last + 1 + i));
});

test('order numbers start again with each business day', async () => {
  const waiter = await tokenOf(stack, 'waiter', 'caffe-lungarno');
  const { byName } = await readMenu(stack, 'caffe-lungarno');
  const body = takeaway(lineOf(byName['Panzanella']));
  // The local date, the day beginning at `start` hours, minutes, seconds.
  const businessDate = (zone, [h, m, s]) => new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
    .format(Date.now() - ((h * 60 + m) * 60 + s) * 1000);
  const given = {};
  const settings = [
    ['Pacific/Kiritimati', [0, 0, 0]], ['Pacific/Niue', [0, 0, 0]], ['UTC', [0, 0, 0]], ['UTC', [23, 59, 59]],
    ['Pacific/Kiritimati', [0, 0, 0]], ['Asia/Kolkata', [4, 0, 0]], ['Pacific/Niue', [0, 0, 0]]];
  try {
    for (const [zone, start] of settings) {
      stack.sql(`UPDATE restaurants SET timezone = '${zone}', business_day_start = '${start.join(':')}' WHERE slug = '${stack.otherSlug}'`);
      const date = businessDate(zone, start);
      given[date] ??= Number(stack.sqlValue(`SELECT count(*) FROM orders o JOIN restaurants r ON r.id = o.restaurant_id
        WHERE r.slug = '${stack.otherSlug}' AND o.business_date = '${date}'`));
      for (let i = 0; i < 2; i++) {
        const order = await placed(waiter, body);
        assert.equal(order.business_date, date, `${zone} ${start}`);
        assert.equal(order.order_number, ++given[date], `${zone} ${start}`);
      }
    }
  } finally {
    stack.sql(`UPDATE restaurants SET timezone = 'Europe/Rome', business_day_start = '04:00' WHERE slug = '${stack.otherSlug}'`);
  }
  assert.ok(Object.keys(given).length >= 2);
  assert.equal(stack.sqlValue(`SELECT bool_and(first = 1 AND last = n) FROM (
    SELECT min(order_number) AS first, max(order_number) AS last, count(*) AS n FROM orders GROUP BY restaurant_id, business_date) d`), 't');
});

// ---- What else an order leaves

test('an order leaves its first step, an entry at its session and one for the mirror', async () => {
  const order = await placed(asha.token, orderOf(roti()));
  assert.deepEqual(stack.sql(`SELECT from_status, to_status, actor_role, actor_id FROM order_status_history WHERE order_id = '${order.id}'`),
    [['', 'pending', 'diner', asha.diner.id]]);
  assert.deepEqual(stack.sql(`SELECT action, actor_role, actor_id, session_id FROM session_activity_log
    WHERE details->>'order_id' = '${order.id}'`), [['order_placed', 'diner', asha.diner.id, asha.session.id]]);
  assert.deepEqual(stack.sql(`SELECT entity_type, entity_version, convex_sync_status FROM sync_logs WHERE entity_id = '${order.id}'`),
    [['order', '1', 'pending']]);
});

test('an order that was placed is not placed otherwise', async () => {
  const order = await placed(asha.token, orderOf(roti()));
  expectProblem(await put(stack, `/api/orders/${order.id}`, { token: staff.owner, body: { items: [roti(2)] } }), 422, 'order_immutable');
  expectStatus(await post(stack, `/api/orders/${order.id}`, { token: staff.owner, body: orderOf(roti()) }), 405);
});
