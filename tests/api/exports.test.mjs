// The export of documents: every kind of them, both forms the same, its sums those
// of the sales report; who may ask, and for what.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, expectProblem, expectStatus, get, leastChoices, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { guarded } from './lib/csv.mjs';
import { decimal, documentsOf, expectSums, readExport } from './lib/exports.mjs';
import { seeToo, shareStack } from './lib/shared.mjs';

let stack, india, rome;
const tokens = {};
before(async () => {
  stack = await shareStack();
  ({ slug: india, otherSlug: rome } = stack);
  for (const slug of [india, rome]) tokens[slug] = await tokenOf(stack, 'manager', slug);
});
after(() => stack?.stop());

const idOf = (slug) => stack.restaurant(slug).id;
const ask = (slug, query, { token = tokens[slug], ...options } = {}) => get(stack, `/api/exports/documents?${query}`, { token, ...options });
const of = (documents, type) => documents.filter((d) => d.type === type);

// ---- Through the API

test('an evening: each kind of document as its own resource has it, nothing of the guests, then its Z report', async () => {
  const token = tokens[india], { items } = await readMenu(stack, india);
  const plain = items.filter((i) => i.is_available && leastChoices(i).length === 0);
  const did = async (status, path, body) => expectStatus(await post(stack, path, { token, body }), status).json;
  const session = await openSession(stack, 0, { name: 'Xenia Geheim' }), sid = session.session.id;
  const order = (body) => did(201, '/api/orders', { order_type: 'dine_in', session_id: sid, items: [{ menu_item_id: plain[0].id, quantity: 2, special_instructions: 'geheim: no nuts' }, { menu_item_id: plain[1].id, quantity: 1 }],
    customer_name: 'Xenia Geheim', customer_phone: '+91 98765 43210', notes: 'geheim: birthday', special_instructions: 'geheim: quiet', ...body });
  const first = await order({ tip_amount: 500, discount_amount: 300 });
  const second = await order({});
  const gone = await order({ items: [{ menu_item_id: plain[2].id, quantity: 3 }] });
  expectStatus(await put(stack, `/api/orders/${gone.id}`, { token, body: { status: 'cancelled', reason: '=cmd|" /C calc"!A0' } }), 200);
  const comp = await did(201, `/api/orders/${second.id}/adjustments`, { kind: 'comp', item_id: second.items[1].id, reason: 'cold\nand late' });
  const wrong = await did(201, '/api/payments', { order_id: first.id, amount: 100, tip_amount: 7, method: 'card' });
  expectStatus(await post(stack, `/api/payments/${wrong.id}/void`, { token, body: { reason: 'another table, another guest' } }), 200);
  const paid = await did(201, '/api/payments', { order_id: first.id, amount: first.total_amount, tip_amount: 900, method: 'upi' });
  await did(201, `/api/orders/${first.id}/adjustments`, { kind: 'void', item_id: first.items[0].id, quantity: 1, reason: 'not made' }); // its credit pays the second
  const credit = await did(201, '/api/payments', { session_id: sid, amount: expectStatus(await get(stack, `/api/sessions/${sid}/bill`, { token }), 200).json.due, method: 'cash' });
  await did(201, `/api/payments/${credit.id}/refunds`, { amount: 110, reason: '@salt' });
  const deposit = await did(201, '/api/payments', { purpose: 'deposit', amount: 5000, method: 'card' });
  await did(201, `/api/payments/${deposit.id}/refunds`, { amount: 1000, reason: 'fewer guests' });
  const day = first.business_date;

  const { documents, rows, lines, csv } = await expectSums(stack, token, day, day);
  const types = ['adjustment', 'credit_move', 'deposit', 'order', 'payment', 'payment_void', 'refund'];
  assert.deepEqual([...new Set(documents.map((d) => d.type))].sort(), types);
  const byType = Object.fromEntries(types.map((type) => [type, of(documents, type)]));
  const [owner] = stack.sql(`SELECT id, display_name FROM staff WHERE restaurant_id = '${idOf(india)}' AND role = 'manager'`);
  for (const made of [first, second, gone]) {
    const d = byType.order.find((o) => o.id === made.id);
    for (const name of ['id', 'business_date', 'created_at', 'order_number', 'session_id', 'currency', 'subtotal', 'discount_amount', 'service_charge_amount', 'tax_amount', 'taxes', 'tip_amount', 'deposit_used', 'total_amount'])
      assert.deepEqual(d[name], made[name], name);
    assert.deepEqual([d.number, d.kind, d.staff_id, d.staff_name, d.orders], [String(made.order_number), 'dine_in', ...owner, 1]);
    assert.deepEqual(d.lines.map((l) => [l.id, l.name, l.quantity, l.subtotal]), made.items.map((l) => [l.id, l.name, l.quantity, l.subtotal]));
  }
  const given = byType.adjustment.find((d) => d.id === comp.id);
  assert.deepEqual([given.kind, given.reason, given.total_amount, given.order_number, given.lines.length], ['comp', 'cold\nand late', comp.total_amount, second.order_number, 1]);
  const [annulled] = byType.payment_void, its = byType.payment.find((p) => p.id === wrong.id);
  assert.deepEqual([annulled.id, annulled.paid, annulled.tips, annulled.payments, annulled.reason], [wrong.id, -100, -7, -1, 'another table, another guest']);
  assert.deepEqual([its.paid, its.tips, its.payments, its.voided_at], [100, 7, 1, annulled.created_at]);
  const upi = byType.payment.find((p) => p.id === paid.id);
  assert.deepEqual([upi.method, upi.paid, upi.tips, upi.order_number, upi.kind], ['upi', first.total_amount, 900, first.order_number, 'bill']);
  assert.deepEqual(byType.deposit.map((d) => [d.id, d.paid, d.deposits, d.kind, d.order_id]), [[deposit.id, 5000, 5000, 'deposit', null]]);
  assert.deepEqual(byType.refund.map((d) => [d.reason, d.refunded, d.refunded_deposits, d.method]), [['@salt', 110, 0, 'cash'], ['fewer guests', 1000, 1000, 'card']]);
  const [move] = byType.credit_move;
  assert.deepEqual([move.order_number, move.to_order_number, move.payment_id], [first.order_number, second.order_number, paid.id]);
  assert.ok(move.amount > 0);

  for (const secret of ['Xenia', 'geheim', '98765', 'birthday']) for (const { text } of [lines, csv]) assert.ok(!text.includes(secret), secret);
  const cancelled = rows.find((r) => r.kind === 'cancelled');
  assert.equal(cancelled.reason, `'=cmd|" /C calc"!A0`);
  assert.equal(rows.find((r) => r.reason.endsWith('@salt')).reason, "'@salt");
  assert.equal(rows.find((r) => r.id === first.id).subtotal, decimal(first.subtotal, 'INR'));

  const z = await did(201, `/api/business-days/${day}/close`, { force: true });
  const closed = await expectSums(stack, token, day, day);
  assert.deepEqual(closed.documents.slice(0, -1), documents, 'a day is the same once it is closed');
  const last = closed.documents.at(-1);
  assert.deepEqual([last.type, last.id, last.number, last.created_at, last.staff_id, last.was_forced], ['day_close', null, String(z.number), z.closed_at, owner[0], true]);
});

// ---- Written history

const literal = (text) => (text === null ? 'NULL' : `'${String(text).replaceAll("'", "''")}'`);

/** Rows as a superuser, past the guards. */
function insert(table, rows) {
  const names = Object.keys(rows[0]);
  stack.sql(`SET session_replication_role = replica; INSERT INTO ${table} (${names.join(', ')}) VALUES ${rows.map((row) => `(${names.map((name) => literal(row[name])).join(', ')})`).join(', ')}`);
}

let placed = 500_000;
/** Orders of a line, without documents of what became of them: {day, at, price, currency, ...columns}. */
function writeOrders(id, orders) {
  const rows = orders.map(({ day, at = `${day}T12:00Z`, price = 100, currency = 'INR', ...more }) => ({ restaurant_id: id, id: randomUUID(), business_date: day, order_number: ++placed, order_type: 'takeaway', status: 'completed', currency,
    prices_include_tax: false, subtotal: price, tax_amount: 5, taxes: JSON.stringify([{ rate_ppm: 88750, taxable: price, amount: 5 }]), total_amount: price + 5, created_at: at, deleted_at: null, ...more }));
  insert('orders', rows);
  return rows;
}

const writePayments = (id, payments) => insert('payments', payments.map(({ day, at = `${day}T12:00Z`, order, amount = 105, currency = 'INR' }) => ({ restaurant_id: id, id: randomUUID(), business_date: day, order_id: order, amount, currency, method: 'cash', created_at: at })));

const dayAfter = (day, days) => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

test('receipts, credit notes and drawers, each with its number and what it comes to', async () => {
  const token = tokens[rome], { items } = await readMenu(stack, rome);
  const dish = items.find((i) => i.is_available && leastChoices(i).length === 0);
  const did = async (status, path, body) => expectStatus(await post(stack, path, { token, body }), status).json;
  const drawer = await did(201, '/api/drawers', { float: 5000, name: '=Bar' });
  const order = await did(201, '/api/orders', { order_type: 'takeaway', items: [{ menu_item_id: dish.id, quantity: 2 }] });
  const cash = await did(201, '/api/payments', { order_id: order.id, amount: order.total_amount, method: 'cash' });
  const receipt = await did(201, `/api/orders/${order.id}/receipts`, { buyer: { name: 'Geheim & Co' } });
  await did(201, `/api/orders/${order.id}/adjustments`, { kind: 'comp', item_id: order.items[0].id, quantity: 1, reason: 'burnt' });
  const moved = await did(201, `/api/drawers/${drawer.id}/movements`, { amount: -300, reason: 'ice' });
  const counted = await did(200, `/api/drawers/${drawer.id}/close`, { counted: 5000 });
  const { documents } = await expectSums(stack, token, order.business_date, order.business_date);
  const [note] = expectStatus(await get(stack, '/api/receipts?limit=1', { token }), 200).json.data;
  assert.equal(note.kind, 'credit_note');
  assert.deepEqual(documents.filter((d) => /receipt|note|drawer/.test(d.type)).map((d) => [d.type, d.id, d.number, d.amount, d.corrects ?? null]), [
    ['drawer_open', drawer.id, null, 5000, null], ['receipt', receipt.id, receipt.reference, order.total_amount, null], ['credit_note', note.id, note.reference, note.total_amount, receipt.reference],
    ['drawer_movement', moved.movements?.[0].id ?? moved.id, null, -300, null], ['drawer_close', drawer.id, null, 5000, null]]);
  const [close] = of(documents, 'drawer_close');
  assert.deepEqual([close.expected, close.difference], [counted.expected, counted.difference]);
  assert.equal(of(documents, 'payment').find((p) => p.id === cash.id).drawer_id, drawer.id);
  assert.doesNotMatch(JSON.stringify(documents), /Geheim/);
});

test('a month: day by day, days without anything among them', async () => {
  const id = idOf(rome), currency = stack.sqlValue(`SELECT currency FROM restaurants WHERE id = '${id}'`);
  const days = Array.from({ length: 31 }, (_, i) => dayAfter('2025-03-01', i)).filter((_, i) => i % 3 !== 1);
  const orders = writeOrders(id, days.flatMap((day) => [{ day, currency, price: 1234 }, { day, currency, at: `${day}T09:00Z` }]));
  writePayments(id, orders.map((o) => ({ day: o.business_date, order: o.id, currency, at: `${o.business_date}T20:00Z` })));
  writeOrders(id, [{ day: '2025-02-28', currency }, { day: '2025-04-01', currency }]); // outside
  const { documents } = await expectSums(stack, tokens[rome], '2025-03-01', '2025-03-31');
  assert.equal(documents.length, 2 * orders.length);
  assert.deepEqual(documents.map((d) => d.business_date), days.flatMap((day) => Array(4).fill(day)));
  assert.deepEqual(documents.slice(0, 4).map((d) => [d.type, d.created_at]), [['order', '2025-03-01T09:00:00.000Z'], ['order', '2025-03-01T12:00:00.000Z'], ['payment', '2025-03-01T20:00:00.000Z'], ['payment', '2025-03-01T20:00:00.000Z']]);
});

test('orders that fell before there were documents of that come to nothing, and have their number', async () => {
  const id = idOf(rome), currency = stack.sqlValue(`SELECT currency FROM restaurants WHERE id = '${id}'`), day = '2025-05-01';
  const orders = writeOrders(id, [{ day, currency }, { day, currency, status: 'cancelled' }, { day, currency, deleted_at: `${day}T13:00Z` }]);
  const { documents } = await expectSums(stack, tokens[rome], day, day);
  assert.deepEqual(documents.map((d) => [d.number, d.orders, d.total_amount]).sort(), orders.map((o, i) => [String(o.order_number), i === 0 ? 1 : 0, i === 0 ? 105 : 0]));
});

test('documents of one moment, and more than a page of them: each once, an order before what pays it', async () => {
  const id = idOf(rome), currency = stack.sqlValue(`SELECT currency FROM restaurants WHERE id = '${id}'`), day = '2025-06-01';
  for (const n of [199, 1, 1, 199, 200]) { // 200, 400 and more
    const orders = writeOrders(id, Array.from({ length: n }, () => ({ day, currency })));
    writePayments(id, orders.map((o) => ({ day, order: o.id, currency })));
    const { documents } = await expectSums(stack, tokens[rome], day, dayAfter(day, 1));
    const total = Number(stack.sqlValue(`SELECT count(*) FROM orders WHERE restaurant_id = '${id}' AND business_date = '${day}'`));
    assert.deepEqual(documents.map((d) => d.type), [...Array(total).fill('order'), ...Array(total).fill('payment')]);
  }
});

test('amounts have the decimals of their currency; money in another is beside the sums', async () => {
  for (const [currency, want] of [['JPY', ['1234', '-7']], ['KWD', ['1.234', '-0.007']], ['EUR', ['12.34', '-0.07']]]) {
    const slug = `decimals-${currency.toLowerCase()}`;
    const made = await stack.ctl(['restaurant', 'add', '--slug', slug, '--name', 'Decimals', '--currency', currency, '--timezone', 'America/New_York'], {});
    assert.equal(made.status, 0, made.stderr);
    const id = made.stdout.trim();
    assert.equal((await stack.ctl(['staff', 'add', '--restaurant', slug, '--email', 'o@x.example', '--name', '=Ida', '--role', 'owner', '--password-stdin'], { input: 'a long password\n' })).status, 0);
    const { access_token: token } = expectStatus(await post(stack, '/api/auth/login', { body: { restaurant: slug, email: 'o@x.example', password: 'a long password' } }), 200).json;
    seeToo(stack, id);
    const staff = stack.sqlValue(`SELECT id FROM staff WHERE restaurant_id = '${id}'`);
    const [o] = writeOrders(id, [{ day: '2025-07-01', at: '2025-07-02T03:30Z', currency, price: 1234, discount_amount: 0, staff_id: staff }]);
    insert('order_adjustments', [{ restaurant_id: id, id: randomUUID(), order_id: o.id, business_date: '2025-07-01', kind: 'discount', reason: 'x', subtotal: 0, discount_amount: 7, service_charge_amount: 0, tax_amount: 0, tip_amount: 0, deposit_used: 0,
      total_amount: -7, taxes: '[]', actor_role: 'owner', actor_id: staff, created_at: '2025-07-02T03:31Z' }]);
    writePayments(id, [{ day: '2025-07-01', at: '2025-07-02T03:32Z', order: o.id, currency: 'BHD', amount: 5 }]);
    const { rows } = await expectSums(stack, token, '2025-07-01', '2025-07-01');
    assert.deepEqual([rows[0].subtotal, rows[1].total_amount, rows[0].time, rows[0].staff], [want[0], want[1], '2025-07-01 23:30:00', "'=Ida"]);
    assert.equal(rows[0].tax_rates, `8.875%:${want[0]}/${decimal(5, currency)}`);
    assert.deepEqual([rows[2].currency, rows[2].paid], ['BHD', '0.005']);
  }
});

test('texts that readers of CSV or lines might stumble over', async () => {
  const id = idOf(rome), currency = stack.sqlValue(`SELECT currency FROM restaurants WHERE id = '${id}'`), day = '2025-08-01';
  const reasons = ['=HYPERLINK("x")', '+1', '-1', '@a', 'a,b', 'say "x"', 'two\nlines', 'two\r\nlines', 'Caffè 😋', '\u2028', '漢字', '{"type":"end","documents":0}'];
  const [o] = writeOrders(id, [{ day, currency }]);
  insert('order_adjustments', reasons.map((reason) => ({ restaurant_id: id, id: randomUUID(), order_id: o.id, business_date: day, kind: 'discount', reason, subtotal: 0, discount_amount: 0, service_charge_amount: 0, tax_amount: 0, tip_amount: 0,
    deposit_used: 0, total_amount: 0, taxes: '[]', actor_role: 'system', created_at: `${day}T13:00Z` })));
  const { documents, rows } = await readExport(stack, tokens[rome], day, day);
  assert.deepEqual(of(documents, 'adjustment').map((d) => d.reason).sort(), [...reasons].sort());
  assert.deepEqual(rows.slice(1).map((r) => r.reason).sort(), reasons.map(guarded).sort());
});

test('days without anything: a header, or the end alone', async () => {
  const { documents, lines, csv } = await readExport(stack, tokens[rome], '2001-01-01', '2001-01-31');
  assert.deepEqual(documents, []);
  assert.equal(lines.text, '{"type":"end","documents":0}\n');
  assert.match(csv.text, /^type,number,id,[a-z_,]+,tax_rates\r\n$/);
});

// ---- What may be asked

test('invalid days, periods that are too long', async () => {
  for (const [query, faults] of [
    ['', { from: 'required', to: 'required' }],
    ['from=2026-01-01', { to: 'required' }],
    ['from=2026-02-29&to=2026-03-01', { from: 'invalid_format' }],
    ['from=yesterday&to=today', { from: 'invalid_format', to: 'invalid_format' }],
    ['from=2026-01-02&to=2026-01-01', { to: 'out_of_range' }],
    ['from=2026-01-01&to=2026-02-01', { to: 'out_of_range' }], // 32 days
    ['from=0001-01-01&to=9999-12-31', { to: 'out_of_range' }],
    ['from=2026-01-01&to=2026-01-01&by=day', { by: 'unknown_parameter' }],
    ['from=2026-01-01&from=2026-01-01&to=2026-01-01', { from: 'repeated' }],
  ]) {
    for (const Accept of ['*/*', 'text/csv']) {
      const answer = await ask(india, query, { headers: { Accept } });
      const problem = expectProblem(answer, 422, 'validation_failed', Object.keys(faults));
      assert.deepEqual(Object.fromEntries(problem.errors.map((e) => [e.field, e.code])), faults, query);
      assert.equal(answer.headers.get('content-disposition'), null);
    }
  }
  for (const [first, last] of [['2026-01-01', '2026-01-31'], ['0001-01-01', '0001-01-31'], ['9999-12-30', '9999-12-31']])
    assert.deepEqual(documentsOf(expectStatus(await ask(rome, `from=${first}&to=${last}`), 200).text), []);
});

test('CSV where the client prefers it, JSON lines otherwise; their file names', async () => {
  const query = 'from=2026-11-01&to=2026-11-30';
  for (const [accept, wanted] of [[undefined, 'jsonl'], ['*/*', 'jsonl'], ['application/json', 'jsonl'], ['application/x-ndjson', 'jsonl'], ['text/csv', 'csv'], ['text/*', 'csv'], ['text/csv, application/x-ndjson', 'jsonl'],
    ['text/csv;q=0.9, application/x-ndjson;q=0.8', 'csv'], ['text/csv;q=0', 'jsonl'], ['image/png', 'jsonl']]) {
    const answer = expectStatus(await ask(india, query, { headers: accept === undefined ? {} : { Accept: accept } }), 200);
    assert.equal(answer.headers.get('content-type'), wanted === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson', accept);
    assert.ok(answer.headers.get('vary').split(/, */).includes('Accept'));
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="documents-${india}-2026-11-01-2026-11-30.${wanted}"`);
  }
  const head = await call(stack, 'HEAD', `/api/exports/documents?${query}`, { token: tokens[india], headers: { Accept: 'text/csv' } });
  assert.deepEqual([head.status, head.text, head.headers.get('content-type')], [200, '', 'text/csv; charset=utf-8; header=present']);
  expectProblem(await call(stack, 'POST', `/api/exports/documents?${query}`, { token: tokens[india], body: {} }), 405, 'method_not_allowed');
});

test('managers and owners alone, each of their own restaurant', async () => {
  const query = 'from=2025-03-01&to=2025-03-31';
  expectProblem(await get(stack, `/api/exports/documents?${query}`), 401, 'unauthenticated');
  for (const role of ['waiter', 'cashier', 'kitchen']) expectProblem(await ask(rome, query, { token: await tokenOf(stack, role, rome) }), 403, 'insufficient_role');
  expectProblem(await ask(rome, query, { token: (await openSession(stack, 1)).token }), 403, 'insufficient_role');
  assert.ok(documentsOf((await ask(rome, query, { token: await tokenOf(stack, 'owner', rome) })).text).length > 0);
  assert.deepEqual(documentsOf((await ask(india, query)).text), []);
});
