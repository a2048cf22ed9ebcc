// Tables as staff see them: the list, one of them, the session at it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, expectStatus, get, openSession, post, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

let stack, waiter;
before(async () => {
  stack = await shareStack();
  waiter = await tokenOf(stack, 'waiter');
});
after(() => stack?.stop());

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const list = (query = '', token = waiter) => get(stack, `/api/tables${query}`, { token });
const one = (id, token = waiter) => get(stack, `/api/tables/${id}`, { token });
const table = (n) => stack.restaurant().tables[n];

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.text}`);
  assert.equal(answer.json.code, code, `${what} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
}

test('the list', async () => {
  const answer = expectStatus(await list(), 200);
  assert.deepEqual(Object.keys(answer.json).sort(), ['data', 'next_cursor']);
  assert.equal(answer.json.next_cursor, null);
  assert.deepEqual(answer.json.data.map((t) => [t.id, t.name, t.code]), stack.restaurant().tables.map((t) => [t.id, t.name, t.code]));
  for (const shown of answer.json.data) {
    assert.equal(shown.restaurant_id, stack.restaurant().id);
    assert.ok(Number.isInteger(shown.seats) && shown.seats >= 1);
    assert.ok(shown.zone === null || typeof shown.zone === 'string');
    assert.ok(Number.isInteger(shown.version) && shown.version >= 1);
    assert.match(shown.created_at, time);
    assert.match(shown.updated_at, time);
    assert.deepEqual((await one(shown.id)).json, shown);
  }
  assert.doesNotMatch(answer.text, /pin|hash/);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
});

test('in pages', async () => {
  const all = stack.restaurant().tables.map((t) => t.id);
  for (const limit of [1, 2, 5, 11, 12, 13, 200]) {
    const walked = [];
    let cursor = null, pages = 0;
    do {
      const page = expectStatus(await list(`?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`), 200).json;
      assert.ok(page.data.length > 0 && page.data.length <= limit);
      walked.push(...page.data.map((t) => t.id));
      cursor = page.next_cursor;
      pages++;
    } while (cursor !== null && pages < 20);
    assert.deepEqual(walked, all, `${limit} a page`);
    assert.equal(pages, Math.ceil(all.length / limit), `${limit} a page`);
  }
});

test('a table that comes or goes between two pages moves no other', async () => {
  const first = expectStatus(await list('?limit=5'), 200).json;
  stack.sql(`UPDATE tables SET deleted_at = now() WHERE id IN ('${table(2).id}', '${table(6).id}')`);
  try {
    const second = expectStatus(await list(`?limit=5&cursor=${first.next_cursor}`), 200).json;
    assert.deepEqual(second.data.map((t) => t.id), [5, 7, 8, 9, 10].map((n) => table(n).id));
  } finally {
    stack.sql('UPDATE tables SET deleted_at = NULL');
  }
});

test('more than fifty: the page without a limit', async () => {
  const restaurant = stack.restaurant('caffe-lungarno');
  stack.sql(`INSERT INTO tables (restaurant_id, id, name, seats)
    SELECT '${restaurant.id}', ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Extra ' || n, 2 FROM generate_series(1, 60) n`);
  const token = await tokenOf(stack, 'waiter', 'caffe-lungarno');
  const first = expectStatus(await list('', token), 200).json;
  assert.equal(first.data.length, 50);
  const second = expectStatus(await list(`?cursor=${first.next_cursor}`, token), 200).json;
  assert.equal(second.data.length, 13);
  assert.equal(second.next_cursor, null);
  assert.equal(second.data[0].code, null, 'one without a QR code');
  assert.equal(new Set([...first.data, ...second.data].map((t) => t.id)).size, 63);
});

test('parameters that are not allowed', async () => {
  for (const [query, field, code] of [['limit=0', 'limit', 'out_of_range'], ['limit=201', 'limit', 'out_of_range'], ['limit=abc', 'limit', 'wrong_type'],
    ['limit=0x10', 'limit', 'wrong_type'], ['limit=+5', 'limit', 'wrong_type'], ['limit=5%20', 'limit', 'wrong_type'], ['cursor=', 'cursor', 'too_short'],
    ['cursor=nothing', 'cursor', 'invalid_format'], ['cursor=2026-01-01_5', 'cursor', 'invalid_format'], [`cursor=${'x'.repeat(101)}`, 'cursor', 'too_long'],
    ['zone=Hall', 'zone', 'unknown_parameter'], ['limit=1&limit=1', 'limit', 'repeated']]) {
    const answer = await list(`?${query}`);
    assertProblem(answer, 422, 'validation_failed', query);
    assert.ok(answer.json.errors.some((e) => e.field === field && e.code === code), `${query}: ${answer.text}`);
  }
  const refused = await get(stack, `/api/tables/${table(0).id}?limit=1`, { token: waiter });
  assertProblem(refused, 422, 'validation_failed');
});

test('one table and its ETag', async () => {
  const { id, name, code } = table(4);
  const answer = expectStatus(await one(id), 200);
  assert.equal(answer.json.name, name);
  assert.equal(answer.json.code, code);
  assert.equal(answer.headers.get('etag'), `"${answer.json.version}"`);
  stack.sql(`UPDATE tables SET seats = seats + 1 WHERE id = '${id}'`);
  const changed = expectStatus(await one(id), 200);
  assert.equal(changed.json.version, answer.json.version + 1);
  assert.equal(changed.headers.get('etag'), `"${answer.json.version + 1}"`);
  assert.equal(changed.json.seats, answer.json.seats + 1);
  assert.deepEqual((await one(id.toUpperCase())).json, changed.json, 'a UUID in capitals is the same');
});

test('one that does not exist', async () => {
  for (const id of [randomUUID(), stack.restaurant().id, 'x', '1', `${table(0).id}0`, table(0).id.replaceAll('-', ''), `{${table(0).id}}`, table(0).code])
    assertProblem(await one(encodeURIComponent(id)), 404, 'not_found', id);
  stack.sql(`UPDATE tables SET deleted_at = now() WHERE id = '${table(9).id}'`);
  try {
    assertProblem(await one(table(9).id), 404, 'not_found', 'removed');
    assert.ok(!(await list()).json.data.some((t) => t.id === table(9).id));
  } finally {
    stack.sql('UPDATE tables SET deleted_at = NULL');
  }
});

test('the session at a table', async () => {
  const sessionOf = async (n) => {
    const shown = expectStatus(await one(table(n).id), 200).json.session;
    assert.deepEqual((await list()).json.data[n].session, shown);
    return shown;
  };
  assert.equal(await sessionOf(0), null);
  const { session } = await openSession(stack, 0);
  assert.deepEqual(await sessionOf(0), { id: session.id, status: 'active', overdue: false, expires_at: session.expires_at });
  assert.equal(await sessionOf(1), null);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = '${session.id}'`);
  assert.equal(await sessionOf(0), null, 'expired');
  const next = await openSession(stack, 0);
  assert.equal((await sessionOf(0)).id, next.session.id);
  expectStatus(await post(stack, `/api/sessions/${next.session.id}/close`, { token: waiter }), 200);
  assert.equal(await sessionOf(0), null, 'closed');
});

test('the code that is in use', async () => {
  const { id, code } = table(7);
  stack.sql(`UPDATE qr_codes SET retired_at = now() WHERE code = '${code}'`);
  assert.equal((await one(id)).json.code, null);
  stack.sql(`INSERT INTO qr_codes (restaurant_id, id, table_id, code)
             VALUES ('${stack.restaurant().id}', gen_random_uuid(), '${id}', 'thenewone')`);
  assert.equal((await one(id)).json.code, 'thenewone');
  stack.sql(`DELETE FROM qr_codes WHERE code = 'thenewone'; UPDATE qr_codes SET retired_at = NULL WHERE code = '${code}'`);
});

test('which roles may', async () => {
  const { token: diner } = await openSession(stack, 11);
  const tokens = { diner };
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  for (const path of ['/api/tables', `/api/tables/${table(11).id}`]) {
    for (const [role, token] of Object.entries(tokens)) {
      const answer = await get(stack, path, { token });
      if (['diner', 'kitchen'].includes(role)) assertProblem(answer, 403, 'insufficient_role', `${role} ${path}`);
      else assert.equal(answer.status, 200, `${role} ${path}: ${answer.text}`);
    }
    assertProblem(await get(stack, path), 401, 'unauthenticated');
  }
});

test('HEAD, and what is not allowed', async () => {
  const head = await call(stack, 'HEAD', `/api/tables/${table(4).id}`, { token: waiter });
  const answer = await one(table(4).id);
  assert.equal(head.status, 200);
  assert.equal(head.text, '');
  for (const name of ['etag', 'content-type', 'content-length']) assert.equal(head.headers.get(name), answer.headers.get(name), name);
  const refused = await call(stack, 'PUT', `/api/tables/${table(4).id}`, { token: waiter, body: {} });
  assertProblem(refused, 405, 'method_not_allowed');
  assert.match(refused.headers.get('allow'), /^GET, HEAD/);
  assertProblem(await call(stack, 'PUT', `/api/tables/${table(4).id}/session`, { token: waiter, body: {} }), 405, 'method_not_allowed');
});
