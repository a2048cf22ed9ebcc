// Lists of orders: pages, filters, and who sees what.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectStatus, get, joinSession, openSession, post, put, readMenu, tokenOf, expectProblem } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

let stack;
let staff; // tokens by role
let asha; // at table 0, with bela
let bela;
let chitra; // at table 1
let roti;

before(async () => {
  stack = await shareStack();
  staff = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) staff[role] = await tokenOf(stack, role);
  asha = await openSession(stack, 0);
  bela = await joinSession(stack, asha.code, asha.pin);
  chitra = await openSession(stack, 1, { name: 'Chitra' });
  roti = (await readMenu(stack)).byName['Tandoori Roti'].id;
  stack.sql('UPDATE restaurants SET takeaway_at_tables = true');
  for (const token of [asha.token, bela.token, chitra.token, staff.waiter]) await place(token);
});
after(() => stack?.stop());

const place = async (token, more = {}) => expectStatus(await post(stack, '/api/orders', { token,
  body: { order_type: 'takeaway', items: [{ menu_item_id: roti, quantity: 1 }], ...more } }), 201).json;
const list = (query = '', token = staff.waiter) => get(stack, `/api/orders${query}`, { token });
const listed = async (query, token) => expectStatus(await list(query, token), 200).json;
const moveOn = async (order) => expectStatus(await put(stack, `/api/orders/${order.id}`, { token: staff.waiter, body: { status: 'confirmed' } }), 200);
const ids = (page) => page.data.map((o) => o.id);

/** All pages of a list; between() is called after each. */
async function walk(query, token, between = () => {}) {
  const pages = [];
  for (let cursor = null; pages.length < 1000;) {
    const page = await listed(`?${query}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`, token);
    assert.deepEqual(Object.keys(page).sort(), ['data', 'next_cursor']);
    pages.push(page.data);
    cursor = page.next_cursor;
    if (cursor === null) return pages;
    await between();
  }
  throw new Error('the list does not end');
}

/** The codes of a problem's faults by their fields. */
const faults = (problem) => Object.fromEntries(problem.errors.map((e) => [e.field, e.code]));

// ---- Pages

test('a list holds whole orders, the newest first', async () => {
  const newest = await place(asha.token, { notes: 'the newest' });
  const page = await listed('?limit=200');
  assert.deepEqual(page.data[0], newest);
  for (const order of page.data) assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: staff.waiter }), 200).json, order);
  const keys = page.data.map((o) => `${o.business_date} ${String(o.order_number).padStart(9, '0')}`);
  assert.deepEqual(keys, [...keys].sort().reverse());
});

test('a page has 1 to 200 orders, 50 if nothing is said', async () => {
  const missing = 203 - Number(stack.sqlValue('SELECT count(*) FROM orders'));
  for (let i = 0; i < missing; i += 20) await Promise.all(Array.from({ length: Math.min(20, missing - i) }, () => place(staff.waiter)));
  for (const [query, n] of [['', 50], ['?limit=1', 1], ['?limit=2', 2], ['?limit=199', 199], ['?limit=200', 200], ['?limit=%31%30', 10]]) {
    const page = await listed(query);
    assert.equal(page.data.length, n, query);
    assert.equal(typeof page.next_cursor, 'string', query);
  }
});

test('an invalid limit is refused', async () => {
  for (const [limit, code] of [['0', 'out_of_range'], ['201', 'out_of_range'], ['-1', 'out_of_range'], ['99999999999999999999', 'wrong_type'],
    ['', 'wrong_type'], ['abc', 'wrong_type'], ['1.5', 'wrong_type'], ['1e2', 'wrong_type'], ['0x10', 'wrong_type'], ['+5', 'wrong_type'],
    ['%205', 'wrong_type'], ['5%20', 'wrong_type'], ['5,5', 'wrong_type']]) {
    const problem = expectProblem(await list(`?limit=${limit}`), 422, 'validation_failed', ['limit']);
    assert.equal(problem.errors[0].code, code, limit);
  }
  expectProblem(await list('?limit'), 422, 'validation_failed', ['limit']);
});

test('a walk sees each order once while new ones arrive', async () => {
  const there = (await listed('?limit=200', asha.token)).data.length;
  for (let i = there; i < 25; i++) await place(i % 2 ? asha.token : bela.token);
  const was = ids(await listed('?limit=200', asha.token));
  for (const [query, token] of [['limit=4', asha.token], [`limit=7&session_id=${asha.session.id}`, staff.waiter]]) {
    const expected = ids(await listed(`?limit=200&session_id=${asha.session.id}`));
    const arrived = [];
    const pages = await walk(query, token, async () => arrived.push((await place(bela.token)).id));
    const seen = pages.flat().map((o) => o.id);
    assert.deepEqual(seen, expected);
    assert.ok(arrived.length > 3 && arrived.every((id) => !seen.includes(id)));
    for (const page of pages.slice(0, -1)) assert.equal(page.length, Number(query.match(/\d+/)[0]));
  }
  assert.ok(was.length >= 25);
});

test('a walk sees each order of the restaurant once, over its business days too', async () => {
  const zone = (name) => stack.sql(`UPDATE restaurants SET timezone = '${name}' WHERE slug = '${stack.slug}'`);
  try {
    for (const name of ['Pacific/Kiritimati', 'Pacific/Niue']) {
      zone(name);
      for (let i = 0; i < 5; i++) await place(staff.waiter);
    }
  } finally {
    zone('Asia/Kolkata');
  }
  const all = stack.sql('SELECT id FROM orders ORDER BY business_date DESC, order_number DESC').flat();
  const days = Number(stack.sqlValue('SELECT count(DISTINCT business_date) FROM orders'));
  assert.ok(days >= 2);
  for (const limit of [3, 50, 200]) {
    const seen = (await walk(`limit=${limit}`, staff.waiter)).flat().map((o) => o.id);
    assert.deepEqual(seen, all, `limit ${limit}`);
  }
});

test('the last page ends the list, also when it is full', async () => {
  const { session, token } = await openSession(stack, 3);
  for (let i = 0; i < 4; i++) await place(token);
  for (const [limit, sizes] of [[2, [2, 2]], [3, [3, 1]], [4, [4]], [5, [4]]]) {
    const pages = await walk(`limit=${limit}&session_id=${session.id}`, staff.waiter);
    assert.deepEqual(pages.map((p) => p.length), sizes);
  }
});

test('a list of nothing is a list', async () => {
  const { token } = await openSession(stack, 4);
  assert.deepEqual(await listed('', token), { data: [], next_cursor: null });
  assert.deepEqual(await listed(`?session_id=${randomUUID()}`), { data: [], next_cursor: null });
  assert.deepEqual(await listed(`?table_id=${randomUUID()}`), { data: [], next_cursor: null });
});

test('an invalid cursor is refused', async () => {
  for (const cursor of ['x', '', '%20', 'null', '2026-01-01', '2026-01-01_', '2026-01-01_0', '2026-01-01_-1', '2026-01-01_x', '2026-01-01_1x',
    '2026-13-01_1', '2026-00-01_1', '2026-01-32_1', '0000-01-01_1', '2026-01-01_99999999999', '2026-1_1', "'%3B--",
    '9'.repeat(100), 'x'.repeat(101), randomUUID(), asha.session.id, '%F0%9F%8D%9B', 'infinity_1', '2026-01-01_1_1', 'e30=']) {
    expectProblem(await list(`?cursor=${cursor}`), 422, 'validation_failed', ['cursor']);
  }
});

test('a cursor of a day that does not exist is refused', async () => {
  for (const cursor of ['2026-02-30_1', '2025-02-29_1', '2026-04-31_1']) {
    expectProblem(await list(`?cursor=${cursor}`), 422, 'validation_failed', ['cursor']);
  }
});

test('a cursor before everything is the end', async () => {
  const { next_cursor: cursor } = await listed('?limit=1');
  assert.equal(typeof cursor, 'string');
  assert.deepEqual(await listed(`?cursor=${encodeURIComponent(cursor.replace(/\d{4}/, '2001'))}`), { data: [], next_cursor: null });
});

// ---- Filters

test('by status', async () => {
  const order = await place(chitra.token);
  for (const status of ['confirmed', 'preparing', 'ready', 'served', 'completed']) {
    expectStatus(await put(stack, `/api/orders/${order.id}`, { token: staff.manager, body: { status } }), 200);
    const page = await listed(`?status=${status}&limit=200`);
    assert.ok(ids(page).includes(order.id));
    assert.ok(page.data.every((o) => o.status === status));
    assert.ok(!ids(await listed(`?status=pending&limit=200&session_id=${chitra.session.id}`)).includes(order.id));
    assert.ok(ids(await listed(`?status=${status}`, chitra.token)).includes(order.id));
  }
  const other = await place(chitra.token);
  expectStatus(await put(stack, `/api/orders/${other.id}`, { token: chitra.token, body: { status: 'cancelled' } }), 200);
  assert.deepEqual(ids(await listed('?status=cancelled')), [other.id]);
});

test('by table and by session', async () => {
  const [first, second] = stack.restaurant().tables;
  const order = await place(staff.waiter, { order_type: 'dine_in', table_id: second.id });
  assert.equal(order.session_id, chitra.session.id);
  for (const query of [`?table_id=${second.id}`, `?session_id=${chitra.session.id}`, `?table_id=${second.id.toUpperCase()}`,
    `?table_id=${second.id}&session_id=${chitra.session.id}`]) {
    const page = await listed(`${query}&limit=200`);
    assert.ok(ids(page).includes(order.id), query);
    assert.ok(page.data.every((o) => o.table_id === second.id && o.session_id === chitra.session.id), query);
  }
  assert.deepEqual((await listed(`?table_id=${first.id}&session_id=${chitra.session.id}`)).data, []);
  const atFirst = await listed(`?table_id=${first.id}&limit=200`);
  assert.ok(atFirst.data.length > 0 && atFirst.data.every((o) => o.table_id === first.id));
});

test('by time: from its instant on, and before that of to', async () => {
  const { session, token } = await openSession(stack, 8);
  const orders = [];
  for (let i = 0; i < 3; i++) {
    orders.push(await place(token));
    await new Promise((done) => setTimeout(done, 5));
  }
  const [a, b, c] = orders.map((o) => o.created_at);
  const want = async (query, ...places) =>
    assert.deepEqual(ids(await listed(`?session_id=${session.id}${query}`)), places.map((i) => orders[i].id).reverse(), query);
  await want('', 0, 1, 2);
  await want(`&from=${a}`, 0, 1, 2);
  await want(`&from=${b}`, 1, 2);
  await want(`&to=${b}`, 0);
  await want(`&to=${a}`);
  await want(`&from=${b}&to=${c}`, 1);
  await want(`&from=${c}&to=${a}`);
  // The same instant as people in other places write it.
  const local = (time, offset, minutes) => new Date(Date.parse(time) + minutes * 60_000).toISOString().replace('Z', offset);
  await want(`&from=${encodeURIComponent(local(b, '+05:30', 330))}`, 1, 2);
  await want(`&from=${local(b, '-03:30', -210)}`, 1, 2);
  await want(`&from=${b.replace('T', 't').replace('Z', 'z')}`, 1, 2);
  await want(`&from=${b.replace('Z', '000000Z')}&to=2999-12-31T23:59:59Z`, 1, 2);
  await want('&from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z', 0, 1, 2);
  const mine = ids(await listed(`?from=${b}`, token));
  assert.deepEqual(mine, [orders[2].id, orders[1].id]);
});

test('by time, wherever the restaurant is and whenever its day begins', async () => {
  const { id } = await place(staff.waiter), is = `id = '${id}'`;
  const { business_date: today } = expectStatus(await get(stack, `/api/orders/${id}`, { token: staff.waiter }), 200).json;
  for (const zone of ['Pacific/Kiritimati', 'Etc/GMT+12', 'Asia/Kolkata'])
    for (const start of ['00:00', '23:59'])
      for (const time of ['00:00:00.000', '09:59:59.999', '12:00:00.000', '23:59:59.999']) {
        const at = `2025-03-10T${time}Z`, after = new Date(Date.parse(at) + 1).toISOString();
        stack.sql(`SET session_replication_role = replica; UPDATE orders SET created_at = '${at}', business_date = business_date('${at}', '${zone}', '${start}') WHERE ${is}`);
        for (const status of ['', '&status=pending'])
          for (const [query, found] of [[`from=${at}&to=${after}`, [id]], [`from=${at}`, 'first'], [`to=${after}`, [id]], [`from=${after}&to=2025-04-01T00:00:00Z`, []], [`to=${at}`, []]]) {
            const page = ids(await listed(`?limit=200&${query}${status}`));
            const all = found === 'first' ? [...page, ...ids(await listed(`?limit=200&${query}${status}&cursor=2025-03-13_1`))] : page;
            assert.deepEqual(all.filter((one) => one === id), found === 'first' ? [id] : found, `${zone} ${start} ${query}${status}`);
            if (found !== 'first') assert.deepEqual(page, found, `${zone} ${start} ${query}${status}`);
          }
      }
  stack.sql(`SET session_replication_role = replica; UPDATE orders SET created_at = now(), business_date = '${today}' WHERE ${is}`);
});

/** Orders of a restaurant's own day, so that lists of it are known whole: as they were placed. */
const newest = async (query, n, token) => (await listed(`?limit=200&${query}`, token)).data.slice(0, n);

test('by several statuses', async () => {
  const { id } = stack.restaurant().tables[11], orders = [];
  for (const status of ['pending', 'confirmed', 'ready', 'served', 'cancelled']) {
    const order = await place(staff.waiter, { order_type: 'dine_in', table_id: id });
    orders.push(status === 'pending' ? order : expectStatus(await put(stack, `/api/orders/${order.id}`, { token: staff.manager, body: { status } }), 200).json);
  }
  const [pending, confirmed, ready, served, cancelled] = orders.map((o) => o.id);
  const want = async (status, ...wanted) => {
    assert.deepEqual(ids(await listed(`?table_id=${id}&status=${status}`)), wanted, status);
    const all = (await listed(`?limit=200&status=${status}`)).data;
    assert.deepEqual(all.map((o) => o.id).filter((one) => orders.some((o) => o.id === one)), wanted, status);
    assert.ok(all.every((o) => status.split(',').includes(o.status)));
  };
  await want('ready,served', served, ready);
  await want('served,ready,ready', served, ready);
  await want('pending,cancelled,confirmed', cancelled, confirmed, pending);
  // Page by page, in the order of all.
  const query = 'status=pending,confirmed,ready,served,cancelled';
  const whole = ids(await listed(`?limit=200&${query}`));
  for (const limit of [1, 2, 7]) {
    const seen = [];
    for (let cursor = ''; seen.length < 9;) {
      const page = await listed(`?limit=${limit}&${query}${cursor}`);
      seen.push(...ids(page));
      cursor = `&cursor=${page.next_cursor}`;
    }
    assert.deepEqual(seen.slice(0, 9), whole.slice(0, 9), `limit ${limit}`);
  }
});

test('by the state of payment', async () => {
  const { session, token } = await openSession(stack, 5);
  const [unpaid, part, paid] = [await place(token), await place(token), await place(token)];
  const pay = async (order, amount) => expectStatus(await post(stack, '/api/payments', { token: staff.cashier, key: randomUUID(),
    body: { order_id: order.id, amount, method: 'cash' } }), 201);
  await pay(part, 1);
  await pay(paid, paid.total_amount);
  for (const [state, order] of [['unpaid', unpaid], ['partially_paid', part], ['paid', paid]]) {
    for (const query of [`payment_status=${state}`, `payment_status=${state}&order_type=takeaway`, `payment_status=${state}&status=pending`]) {
      const page = await listed(`?limit=200&${query}`);
      assert.ok(ids(page).includes(order.id), query);
      assert.ok(page.data.every((o) => o.payment_status === state), query);
    }
    assert.deepEqual(ids(await listed(`?session_id=${session.id}&payment_status=${state}`)), [order.id]);
    assert.deepEqual(ids(await listed(`?table_id=${session.table_id}&payment_status=${state}`)), [order.id]);
    assert.deepEqual(ids(await listed(`?payment_status=${state}`, token)), [order.id]);
  }
  assert.deepEqual(ids(await listed(`?session_id=${session.id}&payment_status=unpaid,partially_paid`)), [part.id, unpaid.id]);
  assert.deepEqual(ids(await listed(`?payment_status=unpaid,partially_paid&from=${unpaid.created_at}`)), [part.id, unpaid.id]);
  assert.deepEqual((await listed('?payment_status=refunded,partially_refunded')).data, []);
});

test('by order type', async () => {
  const taken = await place(staff.waiter), eaten = await place(staff.waiter, { order_type: 'dine_in', session_id: chitra.session.id });
  for (const [type, order, other] of [['takeaway', taken, eaten], ['dine_in', eaten, taken]]) {
    const page = await listed(`?limit=200&order_type=${type}`);
    assert.ok(ids(page).includes(order.id) && !ids(page).includes(other.id));
    assert.ok(page.data.every((o) => o.order_type === type));
  }
});

test('managers see the deleted ones among those of a state', async () => {
  const [kept, gone] = [await place(staff.waiter), await place(staff.waiter)];
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: staff.manager, body: { reason: 'a trial' } }), 204);
  for (const query of ['status=pending', 'order_type=takeaway', 'payment_status=unpaid&status=pending,ready']) {
    const [all, shown] = [ids(await listed(`?limit=200&${query}&include_deleted=true`, staff.manager)), ids(await listed(`?limit=200&${query}`, staff.manager))];
    assert.ok(all.includes(gone.id) && !shown.includes(gone.id), query);
    assert.equal(all.indexOf(gone.id) + 1, all.indexOf(kept.id), 'at its place');
    assert.deepEqual(ids(await listed(`?limit=1&${query}&include_deleted=true&cursor=${gone.business_date}_${gone.order_number}`, staff.manager)), [kept.id]);
  }
  assert.ok(!ids(await listed('?limit=200&status=ready,served&include_deleted=true', staff.manager)).includes(gone.id));
});

test('by number, on each business day', async () => {
  const order = await place(staff.waiter), is = `id = '${order.id}'`;
  const page = await listed(`?order_number=${order.order_number}`);
  assert.deepEqual(ids(page), [order.id]);
  assert.deepEqual((await listed(`?order_number=${order.order_number}&order_type=dine_in`)).data, []);
  assert.deepEqual((await listed('?order_number=2147483647')).data, []);
  const low = stack.sql(`SELECT id FROM orders WHERE order_number = 2 ORDER BY business_date DESC`).flat();
  assert.deepEqual(ids(await listed('?order_number=2')), low);
  // Forty days ago it is found by its time only, or by another condition.
  const number = 1000001, ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString();
  const age = (days) => stack.sql(`SET session_replication_role = replica; UPDATE restaurants SET created_at = now() - interval '90 days';
    UPDATE orders SET order_number = ${number}, created_at = '${ago(days)}', business_date = '${ago(days).slice(0, 10)}' WHERE ${is}`);
  age(40);
  assert.deepEqual(ids(await listed(`?order_number=${number}`)), []);
  for (const query of [`from=${ago(41)}`, 'from=0001-01-01T00:00:00Z', `to=${ago(39)}`, `to=${ago(20)}`])
    assert.deepEqual(ids(await listed(`?order_number=${number}&${query}`)), [order.id], query);
  assert.deepEqual(ids(await listed(`?order_number=${number}&from=${ago(39)}`)), []);
  age(29);
  assert.deepEqual(ids(await listed(`?order_number=${number}`)), [order.id]);
  stack.sql(`SET session_replication_role = replica;
    UPDATE orders SET order_number = ${order.order_number}, created_at = '${order.created_at}', business_date = '${order.business_date}' WHERE ${is}`);
});

test('by phone number, however it is written', async () => {
  const a = await place(staff.waiter, { customer_phone: '+49 151 0000001' }), b = await place(staff.waiter, { customer_phone: '0049-151-0000001' });
  const c = await place(staff.waiter, { customer_phone: '+49 151 00000012' }), none = await place(staff.waiter, { customer_phone: 'the blue door' });
  for (const phone of ['+49 151 0000001', '49151 0000001', '(0049) 151/0000001', ' 00491510000001 '])
    assert.deepEqual(ids(await listed(`?customer_phone=${encodeURIComponent(phone)}`)), [b.id, a.id], phone);
  assert.deepEqual(ids(await listed('?customer_phone=4915100000012')), [c.id]);
  for (const phone of ['151', '0', 'the+blue+door', '%2B', '%25']) assert.deepEqual(ids(await listed(`?customer_phone=${phone}`)), [], phone);
  await moveOn(a);
  assert.deepEqual(ids(await listed('?customer_phone=491510000001&status=confirmed')), [a.id]);
  assert.deepEqual((await listed(`?customer_phone=491510000001`, asha.token)).data, [], 'of another session');
  assert.equal((await listed(`?limit=1&customer_phone=491510000001`)).data[0].id, b.id);
  assert.ok(none.id);
});

test('by diner', async () => {
  const order = await place(bela.token);
  const page = await newest(`diner_id=${bela.diner.id}`, 200);
  assert.ok(page.length > 0 && page.every((o) => o.diner_id === bela.diner.id));
  assert.equal(page[0].id, order.id);
  assert.deepEqual(await newest(`diner_id=${bela.diner.id}&session_id=${asha.session.id}`, 200), page);
  assert.deepEqual(await newest(`diner_id=${bela.diner.id.toUpperCase()}`, 200, asha.token), page, 'at one table');
  assert.deepEqual(await newest(`diner_id=${bela.diner.id}&status=served`, 200), []);
  for (const [id, token] of [[randomUUID(), staff.waiter], [chitra.diner.id, asha.token]]) assert.deepEqual(await newest(`diner_id=${id}`, 200, token), []);
  assert.deepEqual(await newest(`diner_id=${bela.diner.id}&session_id=${chitra.session.id}`, 200), []);
});

test('filters together', async () => {
  const { id } = stack.restaurant().tables[10], make = () => place(staff.waiter, { order_type: 'dine_in', table_id: id });
  const a = await make(), b = await make(), c = await make();
  expectStatus(await put(stack, `/api/orders/${b.id}`, { token: staff.waiter, body: { status: 'confirmed' } }), 200);
  const want = async (query, ...orders) => assert.deepEqual(ids(await listed(`?table_id=${id}${query}`)), orders.map((o) => o.id), query);
  await want('&status=pending', c, a);
  await want('&status=confirmed', b);
  await want('&status=cancelled');
  await want(`&status=pending&from=${b.created_at}`, c);
  await want(`&status=pending&to=${c.created_at}`, a);
  await want(`&status=confirmed&updated_since=${c.created_at}`, b);
  await want(`&status=pending&cursor=${c.business_date}_${c.order_number}`, a);
  await want(`&cursor=${c.business_date}_${c.order_number}&from=${b.created_at}`, b);
});

test('by the last change', async () => {
  const { session, token } = await openSession(stack, 9);
  const first = await place(token);
  const second = await place(token);
  await new Promise((done) => setTimeout(done, 5));
  const moved = expectStatus(await put(stack, `/api/orders/${first.id}`, { token: staff.waiter, body: { status: 'confirmed' } }), 200).json;
  assert.ok(moved.updated_at > second.updated_at);
  assert.deepEqual(ids(await listed(`?session_id=${session.id}&updated_since=${moved.updated_at}`)), [first.id]);
  assert.deepEqual(ids(await listed(`?session_id=${session.id}&updated_since=${second.updated_at}`)).sort(), [first.id, second.id].sort());
  assert.deepEqual(ids(await listed(`?updated_since=${new Date(Date.now() + 60_000).toISOString()}`)), []);
});

test('an invalid filter value is refused', async () => {
  for (const [name, values] of Object.entries({
    status: ['done', '', 'Pending', 'pending,', ',pending', 'pending,,ready', 'pending,done', 'pending;ready', '%7Bpending%7D', 'pending, ready', 'deleted'],
    payment_status: ['due', '', 'Paid', 'paid,', 'paid,open'],
    order_type: ['delivery', '', 'dine_in,takeaway'],
    order_number: ['0', '-1', '', 'x', '1.5', '2147483648'],
    customer_phone: ['', 'x'.repeat(41)],
    diner_id: ['1', '', `${randomUUID()}0`],
    table_id: ['1', '', 'x'.repeat(36), `%7B${randomUUID()}%7D`],
    session_id: ['1', '', `${randomUUID()}0`],
    from: ['today', '', '2026-01-01', '2026-01-01T00:00:00', '2026-01-01 00:00:00Z', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '1',
      '2026-01-01T00:00:00+05:30', '2026-01-01T00:00:00%2B05', 'infinity', 'now'],
    to: ['yesterday', '20260101T000000Z', '2026-01-01T00:00:00.Z', '2026-01-01T00:00:00%2B99:00'],
    updated_since: ['0', '2026-00-01T00:00:00Z', '0000-01-01T00:00:00Z'],
    include_deleted: ['1', 'yes', '', 'TRUE'],
  })) {
    for (const value of values) expectProblem(await list(`?${name}=${value}`, staff.manager), 422, 'validation_failed', [name]);
  }
});

test('a parameter that is unknown or repeated is refused', async () => {
  for (const [query, field, code] of [['?foo=1', 'foo', 'unknown_parameter'], ['?Limit=1', 'Limit', 'unknown_parameter'], ['?page=2', 'page', 'unknown_parameter'],
    ['?limit=1&limit=1', 'limit', 'repeated'], ['?status=pending&status=ready', 'status', 'repeated'], ['?limit=1&%6cimit=2', 'limit', 'repeated'],
    ['?status%5B%5D=pending', 'status[]', 'unknown_parameter'], ['?=1', '', 'unknown_parameter']]) {
    const problem = expectProblem(await list(query), 422, 'validation_failed', [field]);
    assert.equal(problem.errors[0].code, code);
  }
  const order = await place(staff.waiter);
  for (const path of [`/api/orders/${order.id}?foo=1`, `/api/orders/${order.id}?limit=1`, `/api/orders/${order.id}/history?limit=1`]) {
    expectProblem(await get(stack, path, { token: staff.waiter }), 422, 'validation_failed');
  }
  expectProblem(await post(stack, '/api/orders?dry_run=true', { token: staff.waiter, body: {} }), 422, 'validation_failed', ['dry_run']);
  expectProblem(await put(stack, `/api/orders/${order.id}?force=true`, { token: staff.waiter, body: { status: 'confirmed' } }), 422, 'validation_failed', ['force']);
});

test('every fault of a query is reported at once', async () => {
  const problem = expectProblem(await list('?limit=0&status=done&foo=1&from=x&from=y&table_id=7'), 422, 'validation_failed');
  assert.deepEqual(faults(problem), { limit: 'out_of_range', status: 'invalid_choice', foo: 'unknown_parameter', from: 'repeated', table_id: 'invalid_format' });
});

test('a query that cannot be decoded is malformed', async () => {
  for (const query of ['?limit=%', '?limit=%3', '?limit=%zz', '?limit=1%', '?status=%ff', '?status=%c0%af', '?status=%ed%a0%80', '?cursor=%00', '?cursor=a%00b',
    '?%=1', '?%00=1', '?status=%0a']) {
    expectProblem(await list(query), 400, 'invalid_query');
  }
  expectStatus(await list('?limit=5&status=pendin%67&'), 200);
});

// ---- Who sees what

test('every role of staff reads all orders of its restaurant', async () => {
  const all = await listed('?limit=200', staff.owner);
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager']) assert.deepEqual(await listed('?limit=200', staff[role]), all, role);
  assert.ok(new Set(all.data.map((o) => o.session_id)).size > 2);
});

test('without a token there is no list', async () => {
  const answer = await list('', '');
  expectProblem(answer, 401, 'unauthenticated');
  assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
});

test('a diner sees the orders of its own session, the others\' at the table among them', async () => {
  await place(staff.waiter, { order_type: 'dine_in', session_id: asha.session.id });
  const mine = await listed('?limit=200', asha.token);
  assert.deepEqual(await listed('?limit=200', bela.token), mine);
  assert.deepEqual(await listed(`?limit=200&session_id=${asha.session.id}`, asha.token), mine);
  assert.deepEqual(await listed(`?limit=200&session_id=${asha.session.id}`, staff.waiter), mine);
  assert.deepEqual(new Set(mine.data.map((o) => o.session_id)), new Set([asha.session.id]));
  assert.deepEqual(new Set(mine.data.map((o) => o.diner_id)), new Set([asha.diner.id, bela.diner.id, null]));
});

test('another session is not there for a diner', async () => {
  const answers = [];
  for (const id of [chitra.session.id, randomUUID()]) {
    const { request_id: ignored, ...problem } = expectProblem(await list(`?session_id=${id}`, asha.token), 404, 'not_found');
    answers.push(problem);
  }
  assert.deepEqual(answers[0], answers[1]);
  assert.deepEqual((await listed(`?table_id=${stack.restaurant().tables[1].id}`, asha.token)).data, []);
  const order = await place(chitra.token);
  for (const path of ['', '/history']) {
    expectProblem(await get(stack, `/api/orders/${order.id}${path}`, { token: asha.token }), 404, 'not_found');
    expectStatus(await get(stack, `/api/orders/${order.id}${path}`, { token: chitra.token }), 200);
  }
  // Nor by another list's cursor.
  const { next_cursor: cursor } = await listed('?limit=1');
  assert.ok((await listed(`?limit=200&cursor=${cursor}`, asha.token)).data.every((o) => o.session_id === asha.session.id));
});

test('another restaurant\'s orders are not there', async () => {
  const manager = await tokenOf(stack, 'manager', 'caffe-lungarno');
  for (const query of ['', `?session_id=${asha.session.id}`, `?table_id=${stack.restaurant().tables[0].id}`, '?include_deleted=true']) {
    assert.deepEqual(await listed(query, manager), { data: [], next_cursor: null });
  }
});

test('when the session ends, so does its list', async () => {
  const { token, session } = await openSession(stack, 6);
  await place(token);
  expectStatus(await list('', token), 200);
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: staff.manager, body: { force: true } }), 200);
  expectProblem(await list('', token), 401, 'session_ended');
  assert.equal((await listed(`?session_id=${session.id}`)).data.length, 1);
});
