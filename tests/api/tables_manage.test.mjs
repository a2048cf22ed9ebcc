// Making, changing and removing tables, and their QR codes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, del, expectStatus, get, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { overtaken } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';

let slug, otherSlug;
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let stack, manager, waiter, item;
before(async () => {
  stack = await shareStack();
  ({ slug, otherSlug } = stack);
  manager = await tokenOf(stack, 'manager');
  waiter = await tokenOf(stack, 'waiter');
  item = (await readMenu(stack)).items.find((i) => i.is_available);
});
after(() => stack?.stop());

let names = 0;
const newName = () => `New ${++names}`;
const create = (body, options = {}) => post(stack, '/api/tables', { token: manager, body, ...options });
const change = (id, body, options = {}) => call(stack, 'PATCH', `/api/tables/${id}`, { token: manager, body, ...options });
const remove = (id, options = {}) => del(stack, `/api/tables/${id}`, { token: manager, ...options });
const read = (id, token = waiter) => get(stack, `/api/tables/${id}`, { token });
const newCode = (id, options = {}) => post(stack, `/api/tables/${id}/qr`, { token: manager, ...options });
const welcome = (code) => get(stack, `/api/r/${slug}/tables/${code}`);
const open = (code) => post(stack, `/api/r/${slug}/sessions`, { body: { code, display_name: 'Asha' } });
const made = async (more = {}) => expectStatus(await create({ name: newName(), seats: 4, ...more }), 201).json;
const close = (id) => post(stack, `/api/sessions/${id}/close`, { token: manager, body: { force: true } });
const currentCodes = (id) => stack.sql(`SELECT code FROM qr_codes WHERE table_id = '${id}' AND retired_at IS NULL`).flat();
const outbox = (id) => stack.sql(`SELECT entity_type, entity_version, convex_sync_status FROM sync_logs WHERE entity_id = '${id}'`);

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.text}`);
  assert.equal(answer.json.code, code, `${what} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
}

function assertFaults(answer, fields, what = '') {
  assertProblem(answer, 422, 'validation_failed', what);
  assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), `${what} ${answer.text}`);
}

// ---- Making

test('a new table', async () => {
  const body = { name: '  Balcony 1 ', seats: 6, zone: ' Balcony ' };
  const answer = expectStatus(await create(body), 201);
  const { json } = answer;
  assert.match(json.id, uuid7);
  assert.equal(json.restaurant_id, stack.restaurant().id);
  assert.deepEqual([json.name, json.seats, json.zone, json.session, json.version], ['Balcony 1', 6, 'Balcony', null, 1]);
  assert.match(json.code, /^[0-9A-Za-z_-]{16,64}$/);
  for (const field of ['created_at', 'updated_at']) assert.match(json[field], time);
  assert.equal(answer.headers.get('location'), `/api/tables/${json.id}`);
  assert.equal(answer.headers.get('etag'), '"1"');
  assert.deepEqual((await get(stack, answer.headers.get('location'), { token: waiter })).json, json);
  const list = (await get(stack, '/api/tables?limit=200', { token: waiter })).json.data;
  assert.deepEqual(list.at(-1), json, 'the newest is the last');
  assert.deepEqual(outbox(json.id), [['table', '1', 'pending']]);
  // The code leads to it, and a guest can sit down.
  const seen = expectStatus(await welcome(json.code), 200).json;
  assert.deepEqual(seen.table, { id: json.id, name: 'Balcony 1', seats: 6, zone: 'Balcony' });
  assert.equal(seen.session, null);
  const { session, token } = expectStatus(await open(json.code), 201).json;
  assert.equal(session.table_id, json.id);
  const order = expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items: [lineOf(item)] } }), 201).json;
  assert.equal(order.table_id, json.id);
  assert.equal((await read(json.id)).json.session.id, session.id);
});

test('without a zone', async () => {
  for (const more of [{}, { zone: null }, { zone: '' }, { zone: '   ' }]) assert.equal((await made(more)).zone, null);
});

test('codes differ', async () => {
  const codes = (await Promise.all(Array.from({ length: 10 }, () => made()))).map((t) => t.code);
  assert.equal(new Set(codes).size, 10);
});

test('what a table must hold', async () => {
  const before = stack.sqlValue(`SELECT (SELECT count(*) FROM tables) || ' ' || (SELECT count(*) FROM qr_codes)`);
  for (const [field, values] of Object.entries({
    name: [undefined, null, '', '  ', 'x'.repeat(61), 'a\nb', 'a\u0007b', 7, {}],
    seats: [undefined, null, 0, -1, 501, 1e9, 2.5, '4', true, []],
    zone: ['x'.repeat(61), 'a\nb', 7, []],
  })) for (const value of values) assertFaults(await create({ name: newName(), seats: 4, [field]: value }), [`/${field}`], `${field}: ${JSON.stringify(value)}`);
  for (const field of ['id', 'code', 'version', 'restaurant_id', 'session', 'Seats']) {
    const answer = await create({ name: newName(), seats: 4, [field]: 'x' });
    assertFaults(answer, [`/${field}`]);
    assert.equal(answer.json.errors[0].code, 'unknown_field');
  }
  assertFaults(await create({ name: '', seats: 0, zone: 7, typo: 1 }), ['/name', '/seats', '/zone', '/typo']);
  assertFaults(await create({}), ['/name', '/seats']);
  assert.equal(stack.sqlValue(`SELECT (SELECT count(*) FROM tables) || ' ' || (SELECT count(*) FROM qr_codes)`), before);
  for (const seats of [1, 500]) assert.equal((await made({ seats })).seats, seats);
  for (const name of ['x'.repeat(60), 'Тераса 5', '🍛 1', "O'Neil; --", 'a"\\/b<b>']) assert.equal((await made({ name })).name, name);
});

test('a name is there once', async () => {
  const { id, name } = await made();
  assertProblem(await create({ name, seats: 2 }), 409, 'name_taken');
  assertProblem(await create({ name: ` ${name} `, seats: 2 }), 409, 'name_taken');
  const other = await made();
  assertProblem(await change(other.id, { name }), 409, 'name_taken');
  assert.deepEqual((await read(other.id)).json, other);
  expectStatus(await change(id, { name }), 200);
  // Another restaurant's names are its own.
  const there = await tokenOf(stack, 'manager', otherSlug);
  expectStatus(await create({ name, seats: 2 }, { token: there }), 201);
});

test('one name many times at once', async () => {
  for (let round = 0; round < 4; round++) {
    const name = newName();
    const answers = await Promise.all(Array.from({ length: 6 }, () => create({ name, seats: 2 })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(5).fill(409)], answers.map((a) => a.text).join('\n'));
    for (const answer of answers) if (answer.status === 409) assertProblem(answer, 409, 'name_taken');
    const tables = [await made(), await made()], wanted = newName();
    const changes = await Promise.all(tables.map((t) => change(t.id, { name: wanted })));
    assert.deepEqual(changes.map((a) => a.status).sort(), [200, 409]);
  }
});

test('Idempotency-Key', async () => {
  const key = newKey(), body = { name: newName(), seats: 3 };
  const first = expectStatus(await create(body, { key }), 201);
  const again = expectStatus(await create(body, { key }), 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  for (const name of ['location', 'etag']) assert.equal(again.headers.get(name), first.headers.get(name));
  assertProblem(await create({ ...body, seats: 4 }, { key }), 422, 'idempotency_key_reused');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM tables WHERE name = '${body.name}'`), '1');
  // A new code is made once, too.
  const codeKey = newKey(), { id } = first.json;
  const code = expectStatus(await newCode(id, { key: codeKey }), 200);
  const replay = expectStatus(await newCode(id, { key: codeKey }), 200);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assert.equal(replay.text, code.text);
  assert.deepEqual(currentCodes(id), [code.json.code]);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM qr_codes WHERE table_id = '${id}'`), '2');
});

// ---- Changing

test('each field of a table', async () => {
  let now = await made({ zone: 'Hall' });
  for (const body of [{ name: newName() }, { seats: 1 }, { seats: 500 }, { zone: 'Garden' }, { zone: null }, { zone: 'Hall' }, { zone: '' }, { name: newName(), seats: 8, zone: 'Terrace' }]) {
    const answer = expectStatus(await change(now.id, body), 200);
    const wanted = { ...now, ...body, zone: ('zone' in body ? body.zone : now.zone) || null, version: now.version + 1 };
    assert.deepEqual({ ...answer.json, updated_at: 0 }, { ...wanted, updated_at: 0 });
    assert.equal(answer.headers.get('etag'), `"${wanted.version}"`);
    assert.deepEqual((await read(now.id)).json, answer.json);
    assert.deepEqual(outbox(now.id), [['table', String(wanted.version), 'pending']]);
    const { table } = expectStatus(await welcome(now.code), 200).json;
    assert.deepEqual(table, { id: now.id, name: wanted.name, seats: wanted.seats, zone: wanted.zone });
    now = answer.json;
  }
});

test('changes that are refused', async () => {
  const table = await made({ zone: 'Hall' });
  assertProblem(await change(table.id, {}), 422, 'validation_failed', 'empty');
  for (const [field, values] of Object.entries({ name: [null, '', 'x'.repeat(61), 7], seats: [null, 0, 501, '4', 1.5], zone: ['x'.repeat(61), 7, 'a\nb'], code: ['x'], id: ['x'], version: [1] }))
    for (const value of values) assertFaults(await change(table.id, { [field]: value }), [`/${field}`], `${field}: ${value}`);
  assertFaults(await change(table.id, { name: newName(), seats: 0 }), ['/seats']);
  assert.deepEqual((await read(table.id)).json, table);
});

test('If-Match', async () => {
  const { id } = await made();
  const with_ = (tag) => ({ headers: { 'If-Match': tag } });
  expectStatus(await change(id, { seats: 5 }, with_('"1"')), 200);
  for (const tag of ['"1"', '"3"', 'W/"2"', '"x"']) {
    assertProblem(await change(id, { seats: 6 }, with_(tag)), 412, 'version_mismatch', tag);
    assertProblem(await newCode(id, with_(tag)), 412, 'version_mismatch', tag);
    assertProblem(await remove(id, with_(tag)), 412, 'version_mismatch', tag);
  }
  assert.equal((await read(id)).json.version, 2);
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => change(id, { seats: 10 + i }, with_('"2"'))));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, 412, 412, 412, 412, 412]);
  expectStatus(await remove(id, with_('"3"')), 204);
});

test('a session at the table does not change its version', async () => {
  const table = await made();
  expectStatus(await open(table.code), 201);
  assert.equal((await read(table.id)).json.version, 1);
});

// ---- Removing

test('a table with guests stays', async () => {
  const table = await made();
  const { session } = expectStatus(await open(table.code), 201).json;
  assertProblem(await remove(table.id), 409, 'table_in_use');
  expectStatus(await welcome(table.code), 200);
  expectStatus(await close(session.id), 200);
  expectStatus(await remove(table.id), 204);
  // One whose time ran out is no guest.
  const second = await made();
  const { session: late } = expectStatus(await open(second.code), 201).json;
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${late.id}'`);
  expectStatus(await remove(second.id), 204);
});

test('what is left of a removed table', async () => {
  const table = await made();
  const { session, token } = expectStatus(await open(table.code), 201).json;
  const order = expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items: [lineOf(item)] } }), 201).json;
  expectStatus(await close(session.id), 200);
  const answer = expectStatus(await remove(table.id), 204);
  assert.equal(answer.text, '');
  for (const gone of [await read(table.id), await remove(table.id), await change(table.id, { seats: 2 }), await newCode(table.id),
    await post(stack, `/api/tables/${table.id}/session`, { token: waiter })]) assertProblem(gone, 404, 'not_found');
  assert.ok(!(await get(stack, '/api/tables?limit=200', { token: waiter })).text.includes(table.id));
  for (const retired of [await welcome(table.code), await open(table.code),
    await post(stack, `/api/r/${slug}/sessions/join`, { body: { code: table.code, pin: '1234', display_name: 'B' } })]) assertProblem(retired, 410, 'qr_retired');
  assert.deepEqual(currentCodes(table.id), []);
  // Its orders and sessions can be read.
  assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: waiter }), 200).json.items, order.items);
  const list = expectStatus(await get(stack, `/api/orders?table_id=${table.id}`, { token: waiter }), 200).json.data;
  assert.deepEqual(list.map((o) => o.id), [order.id]);
  assert.equal(expectStatus(await get(stack, `/api/sessions/${session.id}`, { token: waiter }), 200).json.table_name, table.name);
  // But nothing new can be ordered to it.
  const late = await post(stack, '/api/orders', { token: waiter, body: { order_type: 'dine_in', table_id: table.id, items: [lineOf(item)] } });
  assertFaults(late, ['/table_id']);
  assert.equal(outbox(table.id)[0][1], '2');
  // The name is free.
  const next = await made({ name: table.name });
  assert.notEqual(next.id, table.id);
  assert.notEqual(next.code, table.code);
  expectStatus(await welcome(next.code), 200);
});

test('removed many times at once', async () => {
  const { id } = await made();
  const answers = await Promise.all(Array.from({ length: 6 }, () => remove(id)));
  assert.deepEqual(answers.map((a) => a.status).sort(), [204, ...Array(5).fill(404)]);
});

test('guests who sit down while the table is removed', async () => {
  for (let round = 0; round < 12; round++) {
    const table = await made();
    const [removed, opened] = await Promise.all([remove(table.id), round % 2 ? open(table.code) : post(stack, `/api/tables/${table.id}/session`, { token: waiter })]);
    const what = `${removed.status} ${removed.text} ${opened.status} ${opened.text}`;
    assert.ok((removed.status === 204 && [404, 410].includes(opened.status)) || (removed.status === 409 && opened.status === 201), what);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions s JOIN tables t USING (restaurant_id) WHERE t.id = s.table_id AND t.id = '${table.id}'
      AND s.status = 'active' AND t.deleted_at IS NOT NULL`), '0');
  }
});

test('a session is opened before the removal has its turn', async () => {
  const table = await made();
  // As opening does it: the session's row, whose key holds the table's.
  const answer = await overtaken(stack, `INSERT INTO sessions (restaurant_id, id, table_id, opened_by, pin_hash, expires_at)
    VALUES ('${stack.restaurant().id}', gen_random_uuid(), '${table.id}', 'staff', '\\x00', now() + interval '1 hour')`, () => remove(table.id));
  assertProblem(answer, 409, 'table_in_use');
  expectStatus(await read(table.id), 200);
});

test('the removal is there before the session has its turn', async () => {
  for (const how of [(table) => open(table.code), (table) => post(stack, `/api/tables/${table.id}/session`, { token: waiter })]) {
    const table = await made();
    // As removing does it.
    const answer = await overtaken(stack, `SELECT FROM tables WHERE id = '${table.id}' FOR UPDATE`, () => how(table),
      `UPDATE qr_codes SET retired_at = now() WHERE table_id = '${table.id}'; UPDATE tables SET deleted_at = now() WHERE id = '${table.id}'`);
    assert.ok([404, 410].includes(answer.status), `a session at a table that is gone: ${answer.status} ${answer.text}`);
  }
});

// ---- QR codes

test('a new QR code', async () => {
  const table = await made();
  const { session, pin, token } = expectStatus(await open(table.code), 201).json;
  for (const body of [undefined, {}, undefined]) {
    const old = (await read(table.id)).json;
    const answer = expectStatus(await newCode(table.id, { body }), 200);
    const { code } = answer.json;
    assert.equal(answer.json.id, table.id);
    assert.match(code, /^[0-9A-Za-z_-]{16,64}$/);
    assert.notEqual(code, old.code);
    assert.deepEqual((await read(table.id)).json, answer.json);
    for (const retired of [await welcome(old.code), await open(old.code),
      await post(stack, `/api/r/${slug}/sessions/join`, { body: { code: old.code, pin, display_name: 'Bela' } })]) assertProblem(retired, 410, 'qr_retired');
    assert.equal(expectStatus(await welcome(code), 200).json.table.id, table.id);
    const joined = expectStatus(await post(stack, `/api/r/${slug}/sessions/join`, { body: { code, pin, display_name: 'Bela' } }), 200).json;
    assert.equal(joined.session.id, session.id, 'the session goes on');
    expectStatus(await get(stack, '/api/sessions/current', { token }), 200);
  }
});

test('nobody chooses a code', async () => {
  const table = await made();
  for (const body of [{ code: 'mine-is-this-one' }, { typo: 1 }]) assertFaults(await newCode(table.id, { body }), Object.keys(body).map((name) => `/${name}`));
  for (const body of ['[]', '7', '"x"']) assertProblem(await newCode(table.id, { body }), 422, 'validation_failed', body);
  assert.equal((await read(table.id)).json.code, table.code, 'nothing was retired');
});

test('a new QR code is a change of the table', async () => {
  const table = await made();
  const answer = expectStatus(await newCode(table.id, { headers: { 'If-Match': '"1"' } }), 200);
  assert.equal(answer.headers.get('etag'), `"${answer.json.version}"`);
  assert.notEqual(answer.headers.get('etag'), '"1"', 'another code under the same strong ETag');
  assertProblem(await newCode(table.id, { headers: { 'If-Match': '"1"' } }), 412, 'version_mismatch');
  assert.equal((await read(table.id)).json.code, answer.json.code);
});

test('ten new codes at once leave one', async () => {
  for (let round = 0; round < 3; round++) {
    const table = await made();
    const answers = await Promise.all(Array.from({ length: 10 }, () => newCode(table.id)));
    for (const answer of answers) expectStatus(answer, 200);
    const codes = answers.map((a) => a.json.code);
    assert.equal(new Set(codes).size, 10);
    const current = currentCodes(table.id);
    assert.equal(current.length, 1);
    assert.ok(codes.includes(current[0]));
    assert.equal((await read(table.id)).json.code, current[0]);
    for (const code of [table.code, ...codes]) assert.equal((await welcome(code)).status, code === current[0] ? 200 : 410);
  }
});

test('a new code beside the table\'s removal', async () => {
  for (let round = 0; round < 6; round++) {
    const table = await made();
    const [removed, code] = await Promise.all([remove(table.id), newCode(table.id)]);
    expectStatus(removed, 204);
    assert.ok([200, 404].includes(code.status), code.text);
    assert.deepEqual(currentCodes(table.id), []);
    if (code.status === 200) assert.equal((await welcome(code.json.code)).status, 410);
  }
});

// ---- Who may

test('managers and owners alone', async () => {
  const { id } = await made();
  const guest = await openSession(stack, 9);
  const others = [waiter, guest.token];
  for (const role of ['kitchen', 'cashier']) others.push(await tokenOf(stack, role));
  for (const token of others)
    for (const answer of [await create({ name: newName(), seats: 2 }, { token }), await change(id, { seats: 2 }, { token }), await remove(id, { token }), await newCode(id, { token })])
      assertProblem(answer, 403, 'insufficient_role');
  for (const answer of [await post(stack, '/api/tables', { body: {} }), await del(stack, `/api/tables/${id}`)]) assertProblem(answer, 401, 'unauthenticated');
  const owner = await tokenOf(stack, 'owner');
  const own = expectStatus(await create({ name: newName(), seats: 2 }, { token: owner }), 201).json;
  expectStatus(await change(own.id, { seats: 3 }, { token: owner }), 200);
  expectStatus(await newCode(own.id, { token: owner }), 200);
  expectStatus(await remove(own.id, { token: owner }), 204);
});

test('malformed ids', async () => {
  const there = stack.restaurant(otherSlug).tables[0].id;
  for (const id of [randomUUID(), there, 'x', item.id])
    for (const answer of [await change(id, { seats: 2 }), await remove(id), await newCode(id)]) assertProblem(answer, 404, 'not_found', id);
  assert.equal(stack.sqlValue(`SELECT version FROM tables WHERE id = '${there}'`), '1');
  assert.equal(currentCodes(there).length, 1);
});

// ---- Plates that were swapped

const versionOf = async (id) => (await read(id)).json.version;
const sheetCodes = () => Object.fromEntries(stack.sql(`SELECT table_id, code FROM qr_codes WHERE retired_at IS NULL AND restaurant_id = '${stack.restaurant(slug).id}'`));

test('a code is given to another table, which gets the code of this one', async () => {
  const [a, b] = [await made(), await made()];
  const { session } = expectStatus(await open(a.code), 201).json;
  const changed = expectStatus(await change(a.id, { code: b.code, seats: 9 }), 200).json;
  assert.deepEqual([changed.code, changed.seats, changed.version], [b.code, 9, a.version + 1]);
  const other = (await read(b.id)).json;
  assert.deepEqual([other.code, other.seats, other.version], [a.code, b.seats, b.version + 1]);
  assert.equal((await welcome(b.code)).json.table.id, a.id);
  assert.equal((await welcome(a.code)).json.table.id, b.id);
  assert.equal((await welcome(b.code)).json.session.active, true, 'who sits there stays');
  assert.equal((await welcome(a.code)).json.session, null);
  const codes = sheetCodes(); // what orderzapctl qr-sheet and the images print
  assert.deepEqual([codes[a.id], codes[b.id]], [b.code, a.code]);
  expectStatus(await close(session.id), 200);
  // And back.
  assert.equal(expectStatus(await change(b.id, { code: b.code }), 200).json.code, b.code);
  assert.equal((await read(a.id)).json.code, a.code);
});

test('a retired code comes back into use, and this table\'s is retired', async () => {
  const [a, b] = [await made(), await made()];
  const renewed = expectStatus(await newCode(b.id), 200).json;
  assert.equal(expectStatus(await change(a.id, { code: b.code }), 200).json.code, b.code);
  assert.equal((await read(b.id)).json.code, renewed.code);
  assert.equal(await versionOf(b.id), renewed.version);
  assertProblem(await welcome(a.code), 410, 'qr_retired');
  assert.equal((await welcome(b.code)).json.table.id, a.id);
  const gone = await made();
  expectStatus(await remove(gone.id), 204);
  assert.equal(expectStatus(await change(a.id, { code: gone.code }), 200).json.code, gone.code);
  assert.equal((await welcome(gone.code)).json.table.id, a.id);
});

test('its own code changes nothing; those that there are not are refused', async () => {
  const table = await made();
  assert.equal(expectStatus(await change(table.id, { code: table.code }), 200).json.code, table.code);
  const before = (await read(table.id)).json;
  const foreign = stack.restaurant(otherSlug).tables[0].code;
  const faults = [];
  for (const code of [foreign, 'no-such-code']) {
    const answer = await change(table.id, { code, seats: 7 });
    assertFaults(answer, ['/code']);
    faults.push(answer.json.errors);
  }
  assert.deepEqual(faults[0], faults[1]);
  for (const code of [null, '', 'short', 'x'.repeat(65), 7]) assertFaults(await change(table.id, { code }), ['/code']);
  assertFaults(await create({ name: newName(), seats: 2, code: table.code }), ['/code']);
  assertProblem(await change(table.id, { code: table.code }, { token: waiter }), 403, 'insufficient_role');
  assertProblem(await change(table.id, { code: foreign }, { headers: { 'If-Match': '"99"' } }), 412, 'version_mismatch');
  assert.deepEqual((await read(table.id)).json, before);
});

test('codes given around a ring at once: each table has one, and each code leads somewhere', async () => {
  const ring = [await made(), await made(), await made()];
  const codes = ring.map((t) => t.code).sort();
  for (let round = 0; round < 6; round++) {
    const answers = await Promise.all(ring.flatMap((t, i) => [1, 2].map((step) => change(t.id, { code: ring[(i + step) % 3].code }))));
    for (const answer of answers) assert.ok([200, 503].includes(answer.status), answer.text);
    const now = await Promise.all(ring.map(async (t) => (await read(t.id)).json.code));
    assert.deepEqual([...now].sort(), codes);
  }
});
