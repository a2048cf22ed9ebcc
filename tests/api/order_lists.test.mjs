// Lists of orders: pages, filters, and who sees what.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { expectStatus, get, joinSession, openSession, post, put, readMenu, tokenOf, expectProblem } from './lib/client.mjs';
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
  for (const token of [asha.token, bela.token, chitra.token, staff.waiter]) await place(token);
});
after(() => stack?.stop());

const place = async (token, more = {}) => expectStatus(await post(stack, '/api/orders', { token,
  body: { order_type: 'takeaway', items: [{ menu_item_id: roti, quantity: 1 }], ...more } }), 201).json;
const list = (query = '', token = staff.waiter) => get(stack, `/api/orders${query}`, { token });
const listed = async (query, token) => expectStatus(await list(query, token), 200).json;
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
    status: ['done', '', 'Pending', 'pending,ready', 'deleted'],
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
  const { token, session } = await openSession(stack, 10);
  await place(token);
  expectStatus(await list('', token), 200);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = '${session.id}'`);
  expectProblem(await list('', token), 401, 'session_ended');
  assert.equal((await listed(`?session_id=${session.id}`)).data.length, 1);
});
