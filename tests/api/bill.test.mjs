// The bill of a table: its figures, and shares that add up to what is due,
// whatever was ordered, paid and cancelled.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectProblem, expectStatus, get, joinSession, lineOf, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { newSecret, Provider } from './lib/provider.mjs';
import { random } from './lib/random.mjs';
import { shareStack } from './lib/shared.mjs';

let stack, tokens, items, item, card;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager']) tokens[role] = await tokenOf(stack, role);
  const menu = await readMenu(stack);
  items = menu.items.filter((i) => i.is_available);
  item = menu.byName['Tandoori Roti'];
  card = new Provider(stack, 'card-pay', { secret: newSecret() });
  expectStatus(await card.setUp(tokens.manager), 200);
});
after(() => stack?.stop());

const clear = () => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
const ask = (session, query = '', token = tokens.waiter) => get(stack, `/api/sessions/${session.id ?? session}/bill${query}`, { token });
const bill = async (session, query, token) => expectStatus(await ask(session, query, token), 200).json;
const ordered = async (token, fields = {}) =>
  expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items: [lineOf(item)], ...fields } }), 201).json;
const pay = async (body) => expectStatus(await post(stack, '/api/payments', { token: tokens.waiter, body: { method: 'cash', ...body } }), 201).json;
const sum = (list, of = (x) => x) => list.reduce((total, x) => total + of(x), 0);
const amountsOf = (answer) => answer.shares.map((s) => s.amount);
async function party(n, size = 1, { keep = false } = {}) {
  if (!keep) clear();
  const first = await openSession(stack, n, { name: 'Host' });
  const diners = [first];
  for (let i = 1; i < size; i++) diners.push(await joinSession(stack, first.code, first.pin, { name: `Guest ${i}` }));
  return { ...first, diners, id: first.session.id };
}
const equal = (amount, n) => Array.from({ length: n }, (_, i) => Math.floor(amount / n) + (i < amount % n ? 1 : 0));

/** The bill agrees with the orders as they are read one by one, and so does every way to share it. */
async function expectBill(session, { below } = {}) {
  const b = await bill(session);
  const orders = [];
  for (const o of b.orders) orders.push(expectStatus(await get(stack, `/api/orders/${o.id}`, { token: tokens.waiter }), 200).json);
  for (const [i, o] of orders.entries()) {
    const mine = b.orders[i];
    for (const field of ['order_number', 'diner_id', 'status', 'payment_status', 'paid', 'refunded', 'due', 'credit', 'created_at']) assert.equal(mine[field], o[field], field);
    for (const field of ['subtotal', 'service_charge_amount', 'tax_amount', 'tip_amount', 'discount_amount', 'deposit_used', 'total_amount']) assert.equal(mine[field], o.adjusted[field], field);
    assert.deepEqual(mine.items, o.items.map(({ id, name, quantity, subtotal }) => ({ id, name, quantity, subtotal })));
    assert.deepEqual(mine.adjustments, o.adjustments);
    assert.equal(mine.due, Math.max(0, mine.total_amount - mine.paid + mine.refunded));
    assert.ok(mine.refunded <= mine.paid);
  }
  for (const field of ['subtotal', 'tax_amount', 'tip_amount', 'discount_amount', 'deposit_used', 'total_amount', 'paid', 'refunded', 'due']) assert.equal(b[field], sum(b.orders, (o) => o[field]), field);
  const taxes = {};
  for (const tax of orders.flatMap((o) => o.adjusted.taxes)) {
    taxes[tax.rate_ppm] ??= { rate_ppm: tax.rate_ppm, taxable: 0, amount: 0 };
    taxes[tax.rate_ppm].taxable += tax.taxable;
    taxes[tax.rate_ppm].amount += tax.amount;
  }
  assert.deepEqual(b.taxes, Object.values(taxes).sort((x, y) => x.rate_ppm - y.rate_ppm));
  assert.equal(sum(b.taxes, (t) => t.amount), b.tax_amount);

  const { shares, split, ...figures } = b;
  assert.equal(split, 'none');
  assert.deepEqual(shares, [{ diner_id: null, display_name: null, amount: b.due }]);
  const people = stack.sql(`SELECT id, display_name FROM users WHERE session_id = '${session.id}' ORDER BY created_at, id`);
  const check = async (query, wanted) => {
    const { shares: list, split: how, ...same } = await bill(session, query);
    assert.deepEqual(same, figures, query);
    assert.equal(how, /split=(\w+)/.exec(query)[1]);
    assert.equal(sum(list, (s) => s.amount), b.due, query);
    assert.deepEqual(list, wanted, query);
  };
  const nobody = (amount) => ({ diner_id: null, display_name: null, amount });
  await check('?split=none', [nobody(b.due)]);
  await check('?split=equal', equal(b.due, Math.max(1, people.length)).map(nobody));
  for (const parts of [1, 2, 3, 7, 100]) await check(`?split=equal&parts=${parts}`, equal(b.due, parts).map(nobody));
  const byStaff = equal(sum(b.orders.filter((o) => o.diner_id === null), (o) => o.due), Math.max(1, people.length));
  await check('?split=diner', people.length === 0 ? [nobody(byStaff[0])] : people.map(([diner_id, display_name], i) =>
    ({ diner_id, display_name, amount: byStaff[i] + sum(b.orders.filter((o) => o.diner_id === diner_id), (o) => o.due) })));
  if (b.due > 0) {
    await check(`?split=amount&amounts=${b.due}`, [nobody(b.due)]);
    const first = 1 + (below?.(b.due) ?? 0);
    await check(`?split=amount&amounts=${first}`, first === b.due ? [nobody(first)] : [nobody(first), nobody(b.due - first)]);
    expectProblem(await ask(session, `?split=amount&amounts=${b.due + 1}`), 422, 'validation_failed', ['amounts']);
    expectProblem(await ask(session, `?split=amount&amounts=${b.due},1`), 422, 'validation_failed', ['amounts']);
  }
  return b;
}

test('a bill without orders', async () => {
  const p = await party(0, 3);
  const b = await expectBill(p);
  assert.deepEqual(b, { split: 'none', shares: [{ diner_id: null, display_name: null, amount: 0 }], session_id: p.id, table_id: stack.restaurant().tables[0].id, table_name: stack.restaurant().tables[0].name,
    status: 'active', currency: 'INR', prices_include_tax: false, orders: [], subtotal: 0, tax_amount: 0, taxes: [], tip_amount: 0, discount_amount: 0, deposit_used: 0, total_amount: 0, paid: 0, refunded: 0,
    due: 0, held: 0, tips_paid: 0, service_charge_amount: 0, credit: 0, rounding_amount: 0 });
});

test('a session that staff opened, without diners', async () => {
  clear();
  const { session } = expectStatus(await post(stack, `/api/tables/${stack.restaurant().tables[3].id}/session`, { token: tokens.waiter }), 201).json;
  await ordered(tokens.waiter, { session_id: session.id });
  await expectBill(session);
});

test('who sees which bill', async () => {
  const p = await party(0, 2), q = await party(1, 1, { keep: true });
  await ordered(p.token);
  const seen = await bill(p, '');
  for (const { token } of p.diners) assert.deepEqual(await bill(p, '', token), seen);
  assert.deepEqual(await bill(p.id.toUpperCase(), '', p.token), seen);
  const unknown = expectProblem(await ask(randomUUID(), '', q.token), 404, 'not_found');
  const foreign = expectProblem(await ask(p, '', q.token), 404, 'not_found');
  assert.deepEqual({ ...foreign, request_id: '' }, { ...unknown, request_id: '' });
  expectProblem(await ask(randomUUID()), 404, 'not_found');
  expectProblem(await ask(p, '', tokens.kitchen), 403, 'insufficient_role');
});

test('ways to share that are not right', async () => {
  const p = await party(0, 2);
  await ordered(p.token);
  for (const [query, ...fields] of [
    ['?split=x', 'split'], ['?split=', 'split'], ['?x=1', 'x'],
    ['?split=equal&parts=0', 'parts'], ['?split=equal&parts=101', 'parts'], ['?split=equal&parts=-2', 'parts'], ['?split=equal&parts=2.5', 'parts'], ['?split=equal&parts=x', 'parts'],
    ['?parts=2', 'parts'], ['?split=none&parts=2', 'parts'], ['?split=diner&parts=2', 'parts'], ['?split=amount&amounts=1&parts=2', 'parts'],
    ['?split=amount', 'amounts'], ['?amounts=1', 'amounts'], ['?split=equal&amounts=1', 'amounts'], ['?split=equal&parts=2&amounts=1', 'amounts'], ['?split=diner&parts=2&amounts=1', 'amounts', 'parts'],
    ...['', '0', '-1', 'x', '1.5', '1,', ',1', '1,,2', '1;2', '1, 2', '00', '9007199254740992', '99999999999999999999', Array(101).fill(1).join()].map((a) => [`?split=amount&amounts=${a}`, 'amounts']),
  ]) expectProblem(await ask(p, query), 422, 'validation_failed', fields);
  const many = await bill(p, `?split=amount&amounts=${Array(100).fill(1).join()}`);
  assert.deepEqual([many.shares.length, sum(amountsOf(many))], [101, many.due]);
});

test('cancelled and deleted orders are left out', async () => {
  const p = await party(0, 2);
  const orders = [await ordered(p.token), await ordered(p.diners[1].token), await ordered(tokens.waiter, { session_id: p.id }), await ordered(p.token)];
  expectStatus(await put(stack, `/api/orders/${orders[0].id}`, { token: p.token, body: { status: 'cancelled' } }), 200);
  expectStatus(await del(stack, `/api/orders/${orders[2].id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  const b = await expectBill(p);
  assert.deepEqual(b.orders.map((o) => o.id), [orders[1].id, orders[3].id]);
  assert.equal(b.due, orders[1].total_amount + orders[3].total_amount);
});

test('what staff ordered is shared equally, the first a unit more', async () => {
  const p = await party(0, 3);
  const own = await ordered(p.diners[1].token), staff = await ordered(tokens.cashier, { session_id: p.id, tip_amount: 1 });
  const { shares } = await bill(p, '?split=diner');
  const each = equal(staff.total_amount, 3);
  assert.deepEqual(shares.map((s) => s.amount), [each[0], each[1] + own.total_amount, each[2]]);
  assert.deepEqual(shares.map((s) => s.display_name), ['Host', 'Guest 1', 'Guest 2']);
  await expectBill(p);
});

test('after payments, refunds and holds', async () => {
  const p = await party(0, 2);
  const a = await ordered(p.token), b = await ordered(p.diners[1].token);
  const part = await pay({ order_id: a.id, amount: 100, tip_amount: 40 });
  let now = await expectBill(p);
  assert.deepEqual([now.paid, now.due, now.tips_paid, now.held], [100, a.total_amount + b.total_amount - 100, 40, 0]);
  assert.deepEqual(amountsOf(await bill(p, '?split=diner')), [a.total_amount - 100, b.total_amount]);
  expectStatus(await post(stack, `/api/payments/${part.id}/refunds`, { token: tokens.cashier, body: { amount: 10, tip_amount: 15, reason: 'x' } }), 201);
  now = await expectBill(p);
  assert.deepEqual([now.paid, now.refunded, now.due, now.tips_paid], [100, 10, a.total_amount + b.total_amount - 100, 25], 'the sale went down with the money');
  const intent = expectStatus(await post(stack, '/api/payments/intents', { token: p.token, body: { order_id: b.id, provider: 'card-pay', amount: 50 } }), 201).json;
  now = await expectBill(p);
  assert.deepEqual([now.held, now.due], [50, a.total_amount + b.total_amount - 100], 'what is held is still due');
  stack.sql(`UPDATE payment_intents SET expires_at = now() WHERE id = '${intent.id}'`);
  assert.equal((await bill(p)).held, 0);
  expectStatus(await card.captured(intent), 200);
  await pay({ session_id: p.id, amount: now.due - 50 });
  now = await expectBill(p);
  assert.deepEqual([now.due, now.held, now.paid], [0, 0, a.total_amount + b.total_amount]);
  assert.equal(now.total_amount, now.paid - now.refunded);
  assert.deepEqual(now.orders.map((o) => o.payment_status), ['partially_refunded', 'paid']);
  // It is there when the session is closed, too.
  expectStatus(await post(stack, `/api/sessions/${p.id}/close`, { token: tokens.waiter }), 200);
  assert.equal((await expectBill(p)).status, 'closed');
  expectProblem(await ask(p, '', p.token), 401, 'session_ended');
});

test('after a merger: one bill of both', async () => {
  const p = await party(0, 2), q = await party(1, 1, { keep: true });
  const orders = [await ordered(p.token), await ordered(p.diners[1].token), await ordered(q.token)];
  await pay({ session_id: p.id, amount: 30, tip_amount: 5 });
  expectStatus(await post(stack, `/api/sessions/${p.id}/merge`, { token: tokens.waiter, body: { session_id: q.id } }), 200);
  const b = await expectBill(q);
  assert.deepEqual([b.orders.length, b.paid, b.tips_paid, b.due], [3, 30, 5, sum(orders, (o) => o.total_amount) - 30]);
  for (const { token } of [...p.diners, q]) assert.deepEqual(await bill(q, '', token), b);
  const empty = await expectBill(p);
  assert.deepEqual([empty.orders, empty.due, empty.tips_paid, empty.status], [[], 0, 0, 'closed']);
  expectProblem(await ask(p, '', p.token), 404, 'not_found');
});

test('random tables: every way to share adds up', async (t) => {
  const random_ = random(t), { below, from } = random_;
  for (let round = 0; round < 14; round++) {
    stack.sql(`UPDATE restaurants SET prices_include_tax = ${below(2) === 1}`);
    const p = await party(below(5), 1 + below(5));
    for (let i = 1 + below(6); i > 0; i--) {
      const lines = Array.from({ length: 1 + below(4) }, () => lineOf(from(items), 1 + below(9)));
      const who = below(3) === 0 ? null : from(p.diners);
      const o = await ordered(who?.token ?? tokens.cashier, { items: lines, tip_amount: below(1000), ...(who ? {} : { session_id: p.id, discount_amount: below(90), deposit_used: below(70) }) });
      if (below(5) === 0) expectStatus(await put(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { status: 'cancelled', reason: 'x' } }), 200);
    }
    const { due } = await expectBill(p, random_);
    if (due > 1) {
      await pay({ session_id: p.id, amount: 1 + below(due - 1), tip_amount: below(50) });
      const after_ = await expectBill(p, random_);
      // The shares are what each pays.
      const way = from(['equal', 'diner', 'none']);
      for (const amount of amountsOf(await bill(p, `?split=${way}`))) if (amount > 0) await pay({ session_id: p.id, amount });
      assert.deepEqual([(await expectBill(p, random_)).due, after_.due > 0], [0, true]);
    }
  }
  stack.sql('UPDATE restaurants SET prices_include_tax = false');
});

test('a bill that is read while it is paid is of one moment', async () => {
  const p = await party(0, 3);
  for (const { token } of p.diners) for (let i = 0; i < 2; i++) await ordered(token);
  const { due } = await bill(p);
  const doing = Array.from({ length: 20 }, () => pay({ session_id: p.id, amount: Math.floor(due / 20) }));
  for (let i = 0; i < 40; i++) {
    const b = await bill(p, `?split=${['diner', 'equal', 'none'][i % 3]}`, i % 2 ? p.token : undefined);
    assert.equal(sum(amountsOf(b)), b.due);
    assert.equal(b.due + b.paid, b.total_amount);
  }
  await Promise.all(doing);
});
