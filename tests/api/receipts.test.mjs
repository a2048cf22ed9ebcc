// Receipts: what they say, who may issue and read them, in which form, and for how long guests may.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, del, expectProblem, expectStatus, get, joinSession, newKey, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { Provider } from './lib/provider.mjs';
import { expectConsistent, Receipts } from './lib/receipts.mjs';
import { shareStack } from './lib/shared.mjs';

const theirs = 'caffe-lungarno';
const STAFF = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];
let stack, tokens, soup, wine, kit, card;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of STAFF) tokens[role] = await tokenOf(stack, role);
  const { byName } = await readMenu(stack);
  [soup, wine] = [byName['Tandoori Roti'], byName['Cola, 300 ml']];
  kit = new Receipts(stack, tokens);
  card = new Provider(stack, 'settle-pay');
  expectStatus(await card.setUp(tokens.manager), 200);
});
after(() => stack?.stop());

const line = (item, quantity = 1) => ({ menu_item_id: item.id, quantity });
const restaurant = (body) => call(stack, 'PATCH', '/api/restaurant', { token: tokens.owner, body });
const read = (path, token = tokens.waiter, accept) => get(stack, path, { token, headers: accept ? { Accept: accept } : {} });
const current = (guest, query = '', accept) => read(`/api/sessions/current/receipt${query}`, guest.token, accept);
const close = async (table) => expectStatus(await post(stack, `/api/sessions/${table.session.id}/close`, { token: tokens.manager, body: { force: true } }), 200);
const withoutCopy = ({ copy, ...document }) => document;
const HTML = 'text/html', PDF = 'application/pdf';

test('a receipt says who sold what to whom, what it cost, what tax is in it and how it was paid', async () => {
  const table = await kit.party({ tax_rate_ppm: 50000, tax_parts: `'[{"name": "CGST", "share_ppm": 500000}, {"name": "SGST", "share_ppm": 500000}]'` });
  expectStatus(await restaurant({ legal_name: 'Spice Garden Pvt Ltd', address: '1 MG Road\nBengaluru', tax_number: '29AAAAA0000A1Z5', receipt_footer: 'Come again!' }), 200);
  expectStatus(await call(stack, 'PATCH', `/api/menu/items/${soup.id}`, { token: tokens.manager, body: { item_code: ' 996331 ' } }), 200);
  kit.price(soup, 24900);
  kit.price(wine, 7520);
  const order = await kit.order(table.token, [line(soup), line(wine, 2)]);
  await kit.adjust(order, { kind: 'void', item_id: order.items[1].id, quantity: 1, reason: 'spilt' });
  await kit.pay({ session_id: table.session.id, amount: 10000, method: 'cash' });
  await kit.pay({ session_id: table.session.id, amount: 24042, tip_amount: 500, card_brand: 'visa', card_last4: '4242' });
  const answer = expectStatus(await kit.askFor(table, { buyer: { name: 'Lakshmi Traders', tax_id: '29ABCDE1234F1Z5', address: '2 Market' } }), 201), receipt = answer.json;
  assert.equal(answer.headers.get('location'), `/api/receipts/${receipt.id}`);
  expectConsistent(receipt);
  assert.deepEqual(receipt.restaurant, { name: stack.restaurant().name ?? receipt.restaurant.name, legal_name: 'Spice Garden Pvt Ltd', address: '1 MG Road\nBengaluru', tax_number: '29AAAAA0000A1Z5', receipt_footer: 'Come again!' });
  assert.deepEqual(receipt.buyer, { name: 'Lakshmi Traders', tax_id: '29ABCDE1234F1Z5', address: '2 Market' });
  const { kind, draft, fiscal, copy, corrects, reason, share, currency, currency_exponent, prices_include_tax, session_id } = receipt;
  assert.deepEqual({ kind, draft, fiscal, copy, corrects, reason, share, currency, currency_exponent, prices_include_tax, session_id },
    { kind: 'receipt', draft: false, fiscal: true, copy: false, corrects: null, reason: null, share: null, currency: 'INR', currency_exponent: 2, prices_include_tax: false, session_id: table.session.id });
  assert.match(receipt.reference, /^\d{4}-\d{6}$/);
  assert.equal(receipt.table_name, table.session.table_name);
  assert.equal(receipt.staff_name, stack.sqlValue(`SELECT display_name FROM staff WHERE role = 'waiter' AND restaurant_id = '${stack.restaurant().id}'`));
  assert.deepEqual(receipt.orders.map((o) => [o.id, o.order_number, o.order_type]), [[order.id, order.order_number, 'dine_in']]);
  assert.deepEqual(receipt.orders[0].items.map((i) => [i.name, i.quantity, i.price, i.subtotal, i.tax_rate_ppm, i.item_code]),
    [[soup.name, 1, 24900, 24900, 50000, '996331'], [wine.name, 2, 7520, 15040, 50000, null]]);
  assert.deepEqual(receipt.orders[0].adjustments.map((a) => [a.kind, a.name, a.quantity, a.reason, a.amount]), [['void', wine.name, 1, 'spilt', -7896]]);
  assert.deepEqual([receipt.subtotal, receipt.tax_amount, receipt.total_amount, receipt.paid, receipt.refunded, receipt.due], [32420, 1622, 34042, 34042, 0, 0]);
  assert.deepEqual(receipt.taxes, [{ rate_ppm: 50000, taxable: 32420, amount: 1622, parts: [{ name: 'CGST', rate_ppm: 25000, amount: 811 }, { name: 'SGST', rate_ppm: 25000, amount: 811 }] }]);
  assert.deepEqual(receipt.payments.map((p) => [p.method, p.amount, p.tip_amount, p.rounding_amount, p.card_brand, p.card_last4]),
    [['cash', 10000, 0, 0, null, null], ['card', 24042, 500, 0, 'visa', '4242']]);
  assert.deepEqual(receipt.refunds, []);

  // What was issued stays as it is, whatever changes.
  expectStatus(await restaurant({ legal_name: null, address: null, tax_number: null, receipt_footer: null, receipts_are_fiscal: false }), 200);
  expectStatus(await call(stack, 'PATCH', `/api/menu/items/${soup.id}`, { token: tokens.manager, body: { item_code: null, name: `${soup.name}` } }), 200);
  assert.deepEqual(await kit.read(receipt.id), receipt);
  const next = await kit.party();
  await kit.order(next.token, [line(soup)]);
  assert.equal((await kit.issue(next)).fiscal, false);
  expectStatus(await restaurant({ receipts_are_fiscal: true }), 200);
  assert.equal(stack.sqlValue(`SELECT number FROM receipts WHERE id = '${receipt.id}'`), String(Number(receipt.reference.slice(5))));
});

test('what is not paid yet may have a receipt; cash in coins; money given back', async () => {
  const table = await kit.party({ cash_rounding: 5 });
  kit.price(soup, 912);
  await kit.order(table.token, [line(soup)]); // 10.03
  assert.deepEqual((({ due, paid, payments }) => ({ due, paid, payments }))(await kit.issue(table)), { due: 1003, paid: 0, payments: [] });
  const second = await kit.party({ cash_rounding: 5 });
  const order = await kit.order(second.token, [line(soup)]);
  const payment = await kit.pay({ order_id: order.id, amount: 1005, method: 'cash' });
  await kit.refund(payment, { amount: 100 });
  const receipt = await kit.issueOrder(order);
  assert.deepEqual([receipt.total_amount, receipt.paid, receipt.refunded, receipt.rounding_amount, receipt.due], [903, 1005, 100, 2, 0]);
  assert.equal(receipt.total_amount + receipt.rounding_amount, receipt.paid - receipt.refunded);
  assert.deepEqual(receipt.refunds.map((r) => [r.method, r.amount, r.reason]), [['cash', 100, 'wrong']]);
});

test('a session has a receipt for the orders that have none; an order has one', async () => {
  const table = await kit.party();
  kit.price(soup, 1000);
  const orders = [];
  for (let i = 0; i < 3; i++) orders.push(await kit.order(table.token, [line(soup)]));
  const single = await kit.issueOrder(orders[1]), rest = await kit.issue(table);
  assert.deepEqual([single, rest].map((r) => r.orders.map((o) => o.id)), [[orders[1].id], [orders[0].id, orders[2].id]]);
  expectProblem(await kit.askFor(table), 409, 'already_receipted');
  for (const order of orders) expectProblem(await kit.askForOrder(order), 409, 'already_receipted');
  await kit.order(table.token, [line(soup)]);
  assert.equal((await kit.issue(table)).total_amount, 1100);
  await kit.expectSum(table);

  const empty = await kit.party();
  expectProblem(await kit.askFor(empty), 409, 'nothing_due');
  const gone = await kit.order(empty.token, [line(soup)]);
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'gone' } }), 204);
  expectProblem(await kit.askForOrder(gone), 409, 'order_cancelled');
  expectProblem(await kit.askFor(empty), 409, 'nothing_due');
});

test('an order to take away, at no table', async () => {
  await kit.party();
  kit.price(soup, 1000);
  const order = await kit.order(tokens.waiter, [line(soup)], { order_type: 'takeaway' });
  const receipt = await kit.issueOrder(order);
  assert.deepEqual([receipt.session_id, receipt.table_name, receipt.total_amount, receipt.orders[0].order_type], [null, null, 1100, 'takeaway']);
  await kit.adjust(order, { kind: 'comp', item_id: order.items[0].id });
  const { data } = expectStatus(await get(stack, '/api/receipts?limit=2', { token: tokens.cashier }), 200).json;
  assert.deepEqual(data.map((r) => [r.kind, r.total_amount, r.order_ids, r.corrects?.id ?? null]), [['credit_note', -1100, [order.id], receipt.id], ['receipt', 1100, [order.id], null]]);
});

test('numbers begin with one in each fiscal year, which begins when the restaurant says', async () => {
  const [[day, today, tomorrow]] = stack.sql(`SELECT d, to_char(d, 'MM-DD'), to_char(d + 1, 'MM-DD')
    FROM (SELECT business_date(now(), timezone, business_day_start) AS d FROM restaurants WHERE id = '${stack.restaurant().id}') x`);
  const year = Number(day.slice(0, 4)), before = tomorrow > today ? year - 1 : year; // tomorrow may be in another year
  const references = [];
  for (const start of [tomorrow, today, tomorrow, '01-01']) {
    stack.sql(`UPDATE restaurants SET fiscal_year_start = '${start}' WHERE id = '${stack.restaurant().id}'`); // as if it had always been so
    references.push((await kit.issueOrder(await kit.order(tokens.waiter, [line(soup)], { order_type: 'takeaway' }))).reference);
  }
  const years = references.map((r) => Number(r.slice(0, 4))), ns = references.map((r) => Number(r.slice(5)));
  assert.deepEqual(years, [before, year, before, year]);
  assert.equal(ns[2], ns[0] + (before === year ? 2 : 1));
  assert.equal(ns[3], ns[1] + (before === year ? 2 : 1));
  if (before !== year) assert.equal(ns[0], 1);
  expectProblem(await restaurant({ fiscal_year_start: '04-01' }), 409, 'conflict'); // there are numbers of this year
  expectStatus(await restaurant({ fiscal_year_start: '01-01' }), 200);

  const other = await tokenOf(stack, 'waiter', theirs), item = (await readMenu(stack, theirs)).items.find((i) => i.is_available && i.options.every((o) => o.min_select === 0));
  const order = expectStatus(await post(stack, '/api/orders', { token: other, body: { order_type: 'takeaway', items: [line(item)] } }), 201).json;
  assert.match(expectStatus(await post(stack, `/api/orders/${order.id}/receipts`, { token: other }), 201).json.reference, /-000001$/); // a series of its own
});

test('of two requests at once one issues the receipt', async () => {
  const table = await kit.party();
  kit.price(soup, 1000);
  const order = await kit.order(table.token, [line(soup)]), away = await kit.order(tokens.waiter, [line(soup)], { order_type: 'takeaway' });
  for (const ask of [() => kit.askFor(table), () => kit.askForOrder(away)]) {
    const answers = await Promise.all(Array.from({ length: 6 }, ask));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409, 409, 409, 409, 409]);
  }
  assert.equal(stack.sqlValue(`SELECT count(*) FROM receipt_orders WHERE order_id = '${order.id}'`), '1');
});

test('a request that is repeated with its key issues nothing more', async () => {
  const table = await kit.party(), key = newKey();
  await kit.order(table.token, [line(soup)]);
  const first = expectStatus(await kit.askFor(table, {}, { key }), 201), again = expectStatus(await kit.askFor(table, {}, { key }), 201);
  assert.deepEqual(again.json, first.json);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  expectProblem(await kit.askFor(table, { buyer: { name: 'X' } }, { key }), 422, 'idempotency_key_reused');
});

test('faults are named', async () => {
  const table = await kit.party();
  await kit.order(table.token, [line(soup)]);
  for (const [body, fields] of [[{ share_id: 'x' }, ['/share_id']], [{ buyer: {} }, ['/buyer/name']], [{ buyer: 'X' }, ['/buyer']], [{ total: 1 }, ['/total']], [{ buyer: { name: 'X', vat: '1' } }, ['/buyer/vat']],
    [{ share_id: randomUUID() }, ['/share_id']], [{ buyer: { name: 'x'.repeat(201) } }, ['/buyer/name']]])
    expectProblem(await kit.askFor(table, body, { documented: false }), 422, 'validation_failed', fields);
  expectProblem(await kit.askFor(table, { buyer: { name: '4242 4242 4242 4242' } }), 422, 'card_number_rejected');
  expectProblem(await post(stack, `/api/orders/${randomUUID()}/receipts`, { token: tokens.waiter }), 404, 'not_found');
  expectProblem(await post(stack, `/api/sessions/${randomUUID()}/receipts`, { token: tokens.waiter }), 404, 'not_found');
  for (const path of [`/api/receipts/${randomUUID()}`, `/api/sessions/${randomUUID()}/receipt`, `/api/orders/${randomUUID()}/receipt`, `/api/sessions/${table.session.id}/receipt?share_id=${randomUUID()}`])
    expectProblem(await read(path), 404, 'not_found');
  expectProblem(await get(stack, `/api/sessions/${table.session.id}/receipt?paper=a5`, { token: tokens.waiter, documented: false }), 422, 'validation_failed', ['paper']);
  expectProblem(await get(stack, '/api/receipts?from=2026-02-01&to=2026-01-01', { token: tokens.cashier }), 422, 'validation_failed', ['to']);
});

test('who may issue, read and list them', async () => {
  const table = await kit.party();
  const order = await kit.order(table.token, [line(soup)]);
  const { id } = await kit.issue(table);
  for (const [method, path, roles] of [[post, `/api/sessions/${table.session.id}/receipts`, STAFF.slice(1)], [post, `/api/orders/${order.id}/receipts`, STAFF.slice(1)], [get, `/api/receipts/${id}`, STAFF.slice(1)],
    [get, `/api/sessions/${table.session.id}/receipt`, STAFF.slice(1)], [get, `/api/orders/${order.id}/receipt`, STAFF.slice(1)], [get, '/api/receipts', STAFF.slice(2)], [get, '/api/sessions/current/receipt', []]]) {
    for (const role of STAFF) {
      const answer = await method(stack, path, { token: tokens[role] });
      if (roles.includes(role)) assert.ok([200, 409].includes(answer.status), `${role} ${path} ${answer.text}`);
      else expectProblem(answer, 403, 'insufficient_role');
    }
    if (!path.includes('current')) expectProblem(await method(stack, path, { token: table.token }), 403, 'insufficient_role');
  }
});

test('others\' receipts are not found', async () => {
  const table = await kit.party();
  const order = await kit.order(table.token, [line(soup)]);
  const { id } = await kit.issue(table);
  const other = await tokenOf(stack, 'owner', theirs);
  for (const [method, path] of [[get, `/api/receipts/${id}`], [get, `/api/sessions/${table.session.id}/receipt`], [get, `/api/orders/${order.id}/receipt`], [post, `/api/sessions/${table.session.id}/receipts`], [post, `/api/orders/${order.id}/receipts`]])
    expectProblem(await method(stack, path, { token: other }), 404, 'not_found');
  const { data } = expectStatus(await get(stack, '/api/receipts', { token: other }), 200).json;
  assert.ok(data.every((r) => r.id !== id && !r.order_ids.includes(order.id)));
});

test('a draft is what the receipt would say, and is kept nowhere', async () => {
  const table = await kit.party();
  const order = await kit.order(table.token, [line(soup)]);
  const count = () => stack.sqlValue(`SELECT count(*) FROM receipts WHERE restaurant_id = '${stack.restaurant().id}'`), before = count();
  for (const path of [`/api/sessions/${table.session.id}/receipt`, `/api/orders/${order.id}/receipt`]) {
    const draft = expectStatus(await read(path), 200).json;
    assert.deepEqual([draft.draft, draft.id, draft.reference, draft.copy, draft.total_amount, draft.due], [true, null, null, false, order.total_amount, order.total_amount]);
  }
  assert.equal(count(), before);
  const { issued_at, issued_local, id, reference, draft, staff_name, ...said } = await kit.issue(table);
  for (const path of [`/api/sessions/${table.session.id}/receipt`, `/api/orders/${order.id}/receipt`]) {
    const answer = expectStatus(await read(path), 200);
    assert.deepEqual(answer.json, { issued_at, issued_local, id, reference, draft, staff_name, ...said });
    assert.equal(answer.headers.get('vary').includes('Accept'), true);
  }
});

test('the first paper that staff get is the original, and guests get copies', async () => {
  const table = await kit.party();
  await kit.order(table.token, [line(soup)]);
  const receipt = await kit.issue(table), path = `/api/receipts/${receipt.id}`;
  assert.equal(receipt.copy, false);
  assert.equal(expectStatus(await current(table), 200).json.copy, true);
  const guests = expectStatus(await current(table, '', HTML), 200);
  assert.match(guests.text, /Copy/);
  assert.equal(expectStatus(await read(path), 200).json.copy, false); // neither that nor JSON printed it
  const answers = await Promise.all([HTML, PDF, HTML, HTML].map((accept) => read(path, tokens.waiter, accept))); // at once
  for (const answer of answers) expectStatus(answer, 200);
  const pages = answers.filter((a) => a.headers.get('content-type').startsWith(HTML));
  const printed = stack.sqlValue(`SELECT printed_at FROM receipts WHERE id = '${receipt.id}'`);
  assert.ok(printed);
  assert.ok(pages.filter((a) => !/Copy/.test(a.text)).length <= 1);
  for (const accept of [HTML, PDF]) {
    const again = expectStatus(await read(`/api/sessions/${table.session.id}/receipt?paper=a4`, tokens.manager, accept), 200);
    if (accept === HTML) assert.match(again.text, /Copy/);
  }
  assert.equal(stack.sqlValue(`SELECT printed_at FROM receipts WHERE id = '${receipt.id}'`), printed);
  assert.deepEqual((await kit.read(receipt.id)), { ...withoutCopy(receipt), copy: true });

  const second = await kit.party();
  await kit.order(second.token, [line(soup)]);
  const draft = expectStatus(await read(`/api/sessions/${second.session.id}/receipt`, tokens.waiter, HTML), 200);
  assert.doesNotMatch(draft.text, /Copy/);
  const { id } = await kit.issue(second);
  assert.doesNotMatch(expectStatus(await read(`/api/receipts/${id}`, tokens.waiter, HTML), 200).text, /Copy/);
  assert.match(expectStatus(await read(`/api/receipts/${id}`, tokens.waiter, HTML), 200).text, /Copy/);
});

test('the form is by Accept', async () => {
  const table = await kit.party();
  await kit.order(table.token, [line(soup)]);
  const receipt = await kit.issue(table), path = `/api/receipts/${receipt.id}`;
  for (const [accept, type] of [[undefined, 'application/json'], ['*/*', 'application/json'], ['application/json', 'application/json'], [HTML, 'text/html; charset=utf-8'], [PDF, 'application/pdf'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html; charset=utf-8'], ['application/pdf;q=0.5, text/html;q=0.4', 'application/pdf']]) {
    for (const paper of ['', '?paper=80mm', '?paper=a4']) {
      const answer = expectStatus(await read(path + paper, tokens.waiter, accept), 200);
      assert.equal(answer.headers.get('content-type'), type, accept);
      assert.match(answer.headers.get('vary'), /Accept/);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('content-disposition'), type === PDF ? `attachment; filename="receipt-${receipt.reference}.pdf"` : null);
    }
  }
  const html = (await read(path, tokens.waiter, HTML)), pdf = await read(path, tokens.waiter, PDF);
  assert.match(html.text, new RegExp(`${receipt.reference}[\\s\\S]*${soup.name}`));
  assert.match(html.headers.get('content-security-policy'), /default-src 'none'; style-src 'unsafe-inline'/); // its own style, and nothing else
  assert.doesNotMatch((await read(path)).headers.get('content-security-policy'), /unsafe-inline/);
  assert.match(pdf.text, /^%PDF-/);
  const draft = await kit.party();
  await kit.order(draft.token, [line(soup)]);
  assert.match((await read(`/api/sessions/${draft.session.id}/receipt`, tokens.waiter, PDF)).headers.get('content-disposition'), /receipt-draft\.pdf/);
});

test('the list, by day, a page at a time', async () => {
  const table = await kit.party(), made = [];
  for (let i = 0; i < 5; i++) {
    await kit.order(table.token, [line(soup)]);
    made.unshift((await kit.issue(table)).id);
  }
  const [day] = stack.sql(`SELECT business_date FROM receipts WHERE id = '${made[0]}'`)[0];
  const pages = [];
  for (let cursor = ''; cursor !== null && pages.length < 5;) {
    const page = expectStatus(await get(stack, `/api/receipts?from=${day}&to=${day}&limit=2${cursor && `&cursor=${cursor}`}`, { token: tokens.cashier }), 200).json;
    pages.push(...page.data.map((r) => r.id));
    cursor = page.next_cursor;
  }
  assert.deepEqual(pages.slice(0, 5), made);
  assert.deepEqual(expectStatus(await get(stack, '/api/receipts?to=2000-01-01', { token: tokens.cashier }), 200).json, { data: [], next_cursor: null });
  assert.deepEqual(expectStatus(await get(stack, '/api/receipts?from=2100-01-01', { token: tokens.cashier }), 200).json.data, []);
  const [first] = expectStatus(await get(stack, '/api/receipts?limit=1', { token: tokens.manager }), 200).json.data;
  assert.deepEqual([first.id, first.session_id, first.share_id, first.order_ids.length], [made[0], table.session.id, null, 1]);
});

test('guests read their table\'s receipt, also for a day after it has ended, and nothing else then', async () => {
  const table = await kit.party(), bela = await joinSession(stack, table.code, table.pin, { name: 'Bela' }), gone = await joinSession(stack, table.code, table.pin, { name: 'Chitra' });
  const other = await kit.party();
  kit.price(soup, 1000);
  await kit.order(table.token, [line(soup, 3)]);
  for (const guest of [table, bela]) assert.deepEqual((({ draft, total_amount }) => [draft, total_amount])(expectStatus(await current(guest), 200).json), [true, 3300]);
  const receipt = await kit.issue(table);
  for (const guest of [table, bela]) assert.deepEqual(expectStatus(await current(guest), 200).json, { ...receipt, copy: true });
  expectStatus(await del(stack, `/api/sessions/${table.session.id}/diners/${gone.diner.id}`, { token: tokens.waiter }), 200);
  expectProblem(await current(gone), 401, 'session_ended');
  await kit.pay({ session_id: table.session.id, amount: 3300 });
  await close(table);
  assert.equal(expectStatus(await current(bela), 200).json.id, receipt.id);
  expectStatus(await current(bela, '?paper=a4', PDF), 200);
  expectProblem(await current(gone), 401, 'session_ended');
  for (const [method, path, body] of [[get, '/api/sessions/current'], [get, `/api/sessions/${table.session.id}/bill`], [get, '/api/orders'], [get, '/api/sync'], [get, `/api/sessions/${table.session.id}/split`], [get, '/api/service-calls'],
    [post, '/api/service-calls', { kind: 'call' }], [post, '/api/orders', { order_type: 'dine_in', items: [line(soup)] }], [post, '/api/events/ticket'], [post, `/api/sessions/${table.session.id}/split`, { by: 'equal', parts: 2 }]])
    expectProblem(await method(stack, path, { token: bela.token, body }), 401, 'session_ended');
  assert.notEqual(expectStatus(await current(other), 200).json.id, receipt.id);
  const ended = (ago) => stack.sql(`UPDATE sessions SET closed_at = now() - interval '${ago}', expires_at = now() - interval '${ago}' WHERE id = '${table.session.id}'`);
  ended('23 hours 58 minutes');
  expectStatus(await current(bela), 200);
  ended('24 hours 1 second');
  expectProblem(await current(bela), 401, 'session_ended');
  expectProblem(await current(bela, '', HTML), 401, 'session_ended');

  // One whose time has run out ended then, whether or not somebody noticed.
  const late = await kit.party();
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '3 hours' WHERE id = '${late.session.id}'`);
  expectProblem(await get(stack, '/api/sessions/current', { token: late.token }), 401, 'session_ended');
  expectStatus(await current(late), 200);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '25 hours' WHERE id = '${late.session.id}'`);
  expectProblem(await current(late), 401, 'session_ended');
});

test('a guest who came back with a code has one token: the older one reads nothing', async () => {
  const table = await kit.party();
  await kit.order(table.token, [line(soup)]);
  const { code } = expectStatus(await post(stack, `/api/sessions/${table.session.id}/diners/${table.diner.id}/link`, { token: tokens.waiter }), 200).json;
  const back = expectStatus(await post(stack, `/api/r/${stack.slug}/sessions/resume`, { body: { code } }), 200).json;
  await close(table);
  expectStatus(await current(back), 200);
  expectProblem(await current(table), 401, 'session_ended');
});

test('a guest sees the own share of a split bill, and not another guest\'s', async () => {
  const table = await kit.party(), bela = await joinSession(stack, table.code, table.pin, { name: 'Bela' });
  kit.price(soup, 1000);
  kit.price(wine, 500);
  const mine = await kit.order(table.token, [line(soup)]), hers = await kit.order(bela.token, [line(wine)]);
  const shares = await kit.split(table, { by: 'diner' }), [first, second] = shares;
  const draft = expectStatus(await current(bela), 200).json;
  assert.deepEqual([draft.draft, draft.total_amount, draft.share, draft.orders.map((o) => o.id)], [true, 550, { id: second.id, label: 'Bela', place: 2, of: 2 }, [hers.id]]);
  expectProblem(await current(bela, `?share_id=${first.id}`), 404, 'not_found');
  const receipt = await kit.issue(table, { share_id: first.id });
  assert.deepEqual(receipt.orders.map((o) => o.id), [mine.id]);
  assert.equal(expectStatus(await current(table), 200).json.id, receipt.id);
  assert.equal(expectStatus(await current(bela), 200).json.draft, true);
  expectProblem(await current(bela, `?share_id=${first.id}`), 404, 'not_found');
  assert.equal(expectStatus(await read(`/api/sessions/${table.session.id}/receipt?share_id=${first.id}`), 200).json.id, receipt.id);

  expectProblem(await read(`/api/sessions/${(await kit.party()).session.id}/receipt?share_id=${first.id}`), 404, 'not_found'); // of another session
  const equal = await kit.party();
  await kit.order(equal.token, [line(soup)]);
  const [one] = await kit.split(equal, { by: 'equal', parts: 2 });
  assert.deepEqual((({ total_amount, share }) => [total_amount, share.place])(expectStatus(await current(equal, `?share_id=${one.id}`), 200).json), [550, 1]);
  expectProblem(await current(bela, `?share_id=${one.id}`), 404, 'not_found');
});

test('a share by item lists its items', async () => {
  const table = await kit.party();
  kit.price(soup, 1000);
  kit.price(wine, 900);
  const order = await kit.order(table.token, [line(soup, 2), line(wine)]);
  const [first, second] = await kit.split(table, { by: 'item', shares: [{ label: 'Asha', items: [{ item_id: order.items[0].id, quantity: 1 }, { item_id: order.items[1].id, parts: 3 }] }, { label: 'Bela', items: [{ item_id: order.items[0].id, quantity: 1 }] }] });
  const receipt = await kit.issue(table, { share_id: first.id });
  assert.deepEqual(receipt.orders[0].items.map((i) => [i.name, i.quantity, i.subtotal, i.parts]), [[soup.name, 1, 1000, null], [wine.name, 1, 300, 3]]);
  assert.deepEqual([receipt.share.label, receipt.total_amount], ['Asha', 1430]);
  assert.deepEqual((await kit.issue(table, { share_id: second.id })).orders[0].items.map((i) => [i.name, i.quantity]), [[soup.name, 1]]);
});

test('where the restaurant wants it, the payment that settles issues the receipt', async () => {
  const at = { receipt_at_settlement: true };
  kit.price(soup, 1000);
  const table = await kit.party(at);
  await kit.order(table.token, [line(soup)]);
  assert.equal((await kit.pay({ session_id: table.session.id, amount: 600 })).receipt_id, null); // not settled
  assert.equal((await kit.pay({ session_id: table.session.id, amount: 0, tip_amount: 50 })).receipt_id, null);
  const payment = await kit.pay({ session_id: table.session.id, amount: 500 });
  const receipt = await kit.read(payment.receipt_id);
  assert.deepEqual([receipt.total_amount, receipt.paid, receipt.due, receipt.payments.map((p) => [p.amount, p.tip_amount])], [1100, 1100, 0, [[600, 0], [0, 50], [500, 0]]]);
  assert.equal(expectStatus(await get(stack, `/api/payments/${payment.id}`, { token: tokens.waiter }), 200).json.receipt_id, receipt.id);
  assert.equal((await kit.pay({ session_id: table.session.id, amount: 0, tip_amount: 50 })).receipt_id, null); // it has one

  const away = await kit.order(tokens.waiter, [line(soup)], { order_type: 'takeaway' });
  assert.equal((await kit.read((await kit.pay({ order_id: away.id, amount: 1100 })).receipt_id)).orders[0].id, away.id);

  const two = await kit.party(at), orders = [await kit.order(two.token, [line(soup)]), await kit.order(two.token, [line(soup)])];
  assert.equal((await kit.pay({ order_id: orders[0].id, amount: 1100 })).receipt_id, null); // the session is not settled
  const last = await kit.pay({ order_id: orders[1].id, amount: 1100 });
  assert.equal((await kit.read(last.receipt_id)).orders.length, 2);

  const shared = await kit.party(at);
  await kit.order(shared.token, [line(soup)]);
  const shares = await kit.split(shared, { by: 'equal', parts: 2 });
  for (const share of shares) assert.equal((await kit.read((await kit.pay({ share_id: share.id, amount: 550 })).receipt_id)).share.id, share.id);
  await kit.expectSum(shared);

  const early = await kit.party(at);
  await kit.order(early.token, [line(soup)]);
  await kit.issue(early);
  assert.equal((await kit.pay({ session_id: early.session.id, amount: 1100 })).receipt_id, null); // it has a receipt already

  const online = await kit.party(at);
  await kit.order(online.token, [line(soup)]);
  const intent = expectStatus(await post(stack, '/api/payments/intents', { token: online.token, body: { session_id: online.session.id, provider: card.name } }), 201).json;
  for (let i = 0; i < 2; i++) expectStatus(await card.captured(intent), 200);
  const documents = await kit.expectSum(online);
  assert.deepEqual(documents.map((d) => [d.due, d.paid, d.staff_name]), [[0, 1100, null]]);

  const never = await kit.party();
  await kit.order(never.token, [line(soup)]);
  assert.equal((await kit.pay({ session_id: never.session.id, amount: 1100 })).receipt_id, null);
  assert.equal((await kit.of(never)).length, 0);
});
