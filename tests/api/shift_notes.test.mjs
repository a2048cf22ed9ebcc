// Notes of a shift: who writes and reads them, by business day, in pages; they stay as they are.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, expectProblem, expectStatus, get, newKey, openSession, post, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

const theirs = 'caffe-lungarno', STAFF = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];

let stack, tokens, people, today;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of STAFF) tokens[role] = await tokenOf(stack, role);
  people = Object.fromEntries(stack.sql(`SELECT role, id, display_name FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`).map(([role, id, name]) => [role, { id, name }]));
  today = stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) FROM restaurants WHERE id = '${stack.restaurant().id}'`);
});
after(() => stack?.stop());

const write = (text, role = 'waiter', options = {}) => post(stack, '/api/shift-notes', { token: tokens[role], body: { text }, ...options });
const written = async (...args) => expectStatus(await write(...args), 201).json;
const list = async (query = '', role = 'waiter') => expectStatus(await get(stack, `/api/shift-notes${query}`, { token: tokens[role] }), 200).json;
const count = () => Number(stack.sqlValue('SELECT count(*) FROM shift_notes'));

test('all staff write and read them', async () => {
  const notes = [];
  for (const role of STAFF) {
    const note = await written(`  ${role}: the ice machine leaks\nagain — पानी `, role), { id, created_at, ...rest } = note;
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.match(created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, { business_date: today, staff_id: people[role].id, staff_name: people[role].name, text: `${role}: the ice machine leaks\nagain — पानी` });
    notes.unshift(note);
  }
  for (const role of STAFF) assert.deepEqual((await list('?limit=5', role)).data, notes);
});

test('neither guests nor the other restaurant', async () => {
  const note = await written('a secret'), guest = (await openSession(stack, 0)).token, before = count();
  for (const method of ['GET', 'POST']) {
    const body = method === 'POST' ? { text: 'x' } : undefined;
    expectProblem(await call(stack, method, '/api/shift-notes', { token: guest, body }), 403, 'insufficient_role');
    expectProblem(await call(stack, method, '/api/shift-notes', { body }), 401, 'unauthenticated');
  }
  assert.equal(count(), before);
  const foreign = await tokenOf(stack, 'owner', theirs);
  for (const query of ['', `?cursor=${note.id}`]) assert.deepEqual(expectStatus(await get(stack, `/api/shift-notes${query}`, { token: foreign }), 200).json.data, []);
  const theirNote = expectStatus(await post(stack, '/api/shift-notes', { token: foreign, body: { text: 'theirs' } }), 201).json;
  assert.ok(!(await list('?limit=200')).data.some((n) => n.id === theirNote.id));
});

test('what a note may be', async () => {
  for (const text of ['x', 'x'.repeat(2000), '\u{1f35b}'.repeat(2000), 'line\n\nline', "'; DROP TABLE shift_notes; --"]) assert.equal((await written(text)).text, text);
  const before = count();
  for (const text of [undefined, null, '', ' \n ', 'x'.repeat(2001), 'a\u0007b', 7, true, ['x']]) expectProblem(await write(text), 422, 'validation_failed', ['/text']);
  expectProblem(await post(stack, '/api/shift-notes', { token: tokens.waiter, body: { text: 'x', staff_id: people.owner.id } }), 422, 'validation_failed', ['/staff_id']);
  expectProblem(await write('his card: 4111 1111 1111 1111'), 422, 'card_number_rejected', ['/text']);
  expectProblem(await post(stack, '/api/shift-notes', { token: tokens.waiter, body: '' }), 400, 'invalid_json');
  assert.equal(count(), before);
  for (const query of ['from=x', 'to=2026-02-30', 'from=', 'limit=0', 'cursor=x', 'staff_id=1'])
    expectProblem(await get(stack, `/api/shift-notes?${query}`, { token: tokens.waiter }), 422, 'validation_failed', [query.split('=')[0]]);
  expectProblem(await get(stack, '/api/shift-notes?from=2026-03-02&to=2026-03-01', { token: tokens.waiter }), 422, 'validation_failed', ['to']);
});

test('once for each key', async () => {
  const key = newKey(), before = count();
  const first = expectStatus(await write('once', 'waiter', { key }), 201), again = expectStatus(await write('once', 'waiter', { key }), 201);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  expectProblem(await write('twice', 'waiter', { key }), 422, 'idempotency_key_reused');
  assert.equal(count(), before + 1);
});

test('they stay as they are', async () => {
  const { id } = await written('for ever');
  for (const sql of [`UPDATE shift_notes SET note = 'x' WHERE id = '${id}'`, `DELETE FROM shift_notes WHERE id = '${id}'`]) assert.throws(() => stack.sql(sql), /never changed or deleted/);
  for (const method of ['PATCH', 'PUT', 'DELETE']) assert.equal((await call(stack, method, `/api/shift-notes/${id}`, { token: tokens.owner, body: {}, documented: false })).status, 404);
});

test('by business day, newest first, in pages', async () => {
  const days = ['2026-03-01', '2026-03-02', '2026-03-02', '2026-03-02', '2026-03-04'], ids = [];
  for (const [i, day] of days.entries()) { // ids in no order, since a day decides first
    ids.push(randomUUID().replace(/^.{8}/, String(90000000 - i)));
    stack.sql(`INSERT INTO shift_notes (restaurant_id, id, business_date, staff_id, note) VALUES ('${stack.restaurant().id}', '${ids[i]}', '${day}', '${people.owner.id}', 'note ${i}')`);
  }
  const newest = [ids[4], ids[1], ids[2], ids[3], ids[0]];
  const pages = async (query) => {
    const all = [];
    for (let cursor = null, n = 0; ; n++) {
      assert.ok(n < 100, 'the list has no end');
      const page = await list(`?${query}${cursor ? `&cursor=${cursor}` : ''}`);
      all.push(page.data.map((note) => note.id));
      if ((cursor = page.next_cursor) === null) return all;
    }
  };
  for (const [range, wanted] of [['from=2026-03-01&to=2026-03-04', newest], ['from=2026-03-02&to=2026-03-02', newest.slice(1, 4)], ['to=2026-03-03', newest.slice(1)],
    ['from=2026-03-02&to=2026-03-04', newest.slice(0, 4)], ['from=2026-03-03&to=2026-03-03', []], ['to=2026-02-28', []]])
    for (const limit of [1, 2, 3, 200]) {
      const got = await pages(`${range}&limit=${limit}`);
      assert.deepEqual(got.flat(), wanted, `${range} ${limit}`);
      assert.equal(got.length, Math.max(1, Math.ceil(wanted.length / limit)));
    }
  const all = (await pages('limit=2')).flat();
  assert.deepEqual(all.slice(-5), newest, 'the days before today come last');
  assert.equal(new Set(all).size, all.length);
  assert.ok((await list(`?from=${today}&limit=200`)).data.every((n) => n.business_date === today));
});

test('fifty without a limit', async () => {
  stack.sql(`INSERT INTO shift_notes (restaurant_id, id, business_date, staff_id, note)
    SELECT '${stack.restaurant().id}', gen_random_uuid(), '2020-01-01', '${people.owner.id}', 'old' FROM generate_series(1, 60)`);
  const page = await list('?to=2020-01-01');
  assert.equal(page.data.length, 50);
  assert.equal((await list(`?to=2020-01-01&cursor=${page.next_cursor}`)).data.length, 10);
});
