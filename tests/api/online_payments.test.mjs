// Online payments: what is held while somebody pays, and the provider's word,
// however often, late, reordered or wrong it comes.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { del, expectProblem, expectStatus, get, joinSession, lineOf, newKey, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { macOf, newSecret, nowSeconds, Provider, refOf } from './lib/provider.mjs';
import { random } from './lib/random.mjs';
import { startStack } from './lib/stack.mjs';

const theirs = 'caffe-lungarno';
let stack, tokens, item, card, there;
before(async () => {
  stack = await startStack(); // not shared: a deadlock in it is this file's
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  item = (await readMenu(stack)).byName['Tandoori Roti'];
  card = new Provider(stack, 'card-pay');
  expectStatus(await card.setUp(tokens.manager), 200);
  there = { provider: new Provider(stack, 'card-pay', { slug: theirs }), owner: await tokenOf(stack, 'owner', theirs) };
  expectStatus(await there.provider.setUp(there.owner), 200);
});
after(() => stack?.stop());

const clear = () => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
const ordered = async (token, quantity = 1, fields = {}) =>
  expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items: [lineOf(item, quantity)], ...fields } }), 201).json;
const takeaway = (quantity) => ordered(tokens.waiter, quantity, { order_type: 'takeaway' });
const begin = (token, body, options) => post(stack, '/api/payments/intents', { token, body: { provider: 'card-pay', ...body }, ...options });
const begun = async (token, body) => expectStatus(await begin(token, body), 201).json;
const end = (intent, token) => del(stack, `/api/payments/intents/${intent.id}`, { token });
const pay = (body) => post(stack, '/api/payments', { token: tokens.waiter, body: { method: 'cash', ...body } });
const readPayment = async (id) => expectStatus(await get(stack, `/api/payments/${id}`, { token: tokens.waiter }), 200).json;
const statusOf = async (o) => expectStatus(await get(stack, `/api/orders/${o.id}`, { token: tokens.waiter }), 200).json.payment_status;
const intentStatus = (intent) => stack.sqlValue(`SELECT status FROM payment_intents WHERE id = '${intent.id}'`);
const paymentsOf = (intent) => stack.sql(`SELECT id FROM payments WHERE intent_id = '${intent.id}' ORDER BY id`).flat();
const runOut = (intent) => stack.sql(`UPDATE payment_intents SET expires_at = now() - interval '1 second' WHERE id = '${intent.id}'`);
const activity = async (session, action) => expectStatus(await get(stack, `/api/sessions/${session.id}/activity?limit=200`, { token: tokens.waiter }), 200).json.data.filter((l) => l.action === action);
/** The webhook's answer, which must be 200. */
const told = async (answer) => expectStatus(await answer, 200).json;
/** A table whose diners ordered: one order each, by quantity. */
async function party(n, ...quantities) {
  clear();
  const first = await openSession(stack, n);
  const diners = [first];
  for (let i = 1; i < quantities.length; i++) diners.push(await joinSession(stack, first.code, first.pin, { name: `Guest ${i}` }));
  const orders = [];
  for (const [i, quantity] of quantities.entries()) orders.push(await ordered(diners[i].token, quantity));
  return { ...first, diners, orders, total: orders.reduce((sum, o) => sum + o.total_amount, 0), body: { session_id: first.session.id } };
}
/** No order holds or has more than it asks for, and all that came is written down. */
function expectBooksToAgree() {
  assert.deepEqual(stack.sql(`SELECT o.id FROM orders o JOIN payment_allocations a ON a.restaurant_id = o.restaurant_id AND a.order_id = o.id
    GROUP BY o.id, o.total_amount HAVING sum(a.amount - a.refunded_amount) > o.total_amount`), [], 'orders that were paid twice');
  assert.deepEqual(stack.sql(`SELECT p.id FROM payments p LEFT JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
    WHERE p.flag IS NULL GROUP BY p.id, p.amount, p.rounding_amount HAVING coalesce(sum(a.amount), 0) <> p.amount - p.rounding_amount`), [], 'payments without a flag that are not all allocated');
  assert.deepEqual(stack.sql(`SELECT e.event_id FROM payment_events e JOIN payments p ON p.restaurant_id = e.restaurant_id AND p.id = e.payment_id
    WHERE p.provider_ref = e.provider_ref AND (p.amount + p.tip_amount <> e.amount OR p.currency <> e.currency)`), [], 'money that came and is not written down as it came');
}
const heldOf = (orders) => Number(stack.sqlValue(`SELECT coalesce(sum(h.amount), 0) FROM payment_intent_allocations h JOIN payment_intents i ON i.restaurant_id = h.restaurant_id AND i.id = h.intent_id
  WHERE i.status = 'pending' AND i.expires_at > now() AND h.order_id IN (${orders.map((o) => `'${o.id}'`).join()})`));

// ---- Providers

test('providers: set, changed, listed, removed; the secret is never seen', async () => {
  const provider = new Provider(stack, 'p_1-x');
  const answer = expectStatus(await provider.setUp(tokens.owner), 200);
  assert.deepEqual(Object.keys(answer.json), ['provider', 'created_at', 'updated_at']);
  assert.equal(answer.json.provider, 'p_1-x');
  const old = provider.secret;
  provider.secret = newSecret();
  const changed = expectStatus(await provider.setUp(tokens.manager), 200).json;
  assert.equal(changed.created_at, answer.json.created_at);
  assert.ok(changed.updated_at > answer.json.updated_at);
  const list = expectStatus(await get(stack, '/api/restaurant/providers', { token: tokens.manager }), 200);
  assert.deepEqual(list.json.data.map((p) => p.provider), ['card-pay', 'demopay', 'p_1-x']);
  assert.deepEqual(list.json.data[2], changed);
  // Neither in an answer nor in the database nor in the log.
  await stack.accessLine(list);
  const dump = stack.sql(`SELECT t::text FROM payment_providers t`).flat().join() + JSON.stringify(stack.log()) + readFileSync(stack.logFile, 'utf8');
  for (const secret of [old, provider.secret, card.secret]) for (const text of [answer.text, list.text, dump]) assert.ok(!text.includes(secret));
  for (const secret of [provider.secret, card.secret]) for (const form of ['base64', 'hex']) assert.ok(!dump.includes(Buffer.from(secret).toString(form)));
  // Signed with the old secret: no. With the new: yes.
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id, provider: 'p_1-x' });
  expectProblem(await provider.captured(intent, {}, { secret: old }), 401, 'invalid_signature');
  assert.equal((await told(provider.captured(intent))).status, 'recorded');
  const remove = () => del(stack, '/api/restaurant/providers/p_1-x', { token: tokens.manager });
  assert.equal(expectStatus(await remove(), 204).text, '');
  expectProblem(await remove(), 404, 'not_found');
  expectProblem(await provider.captured(intent), 404, 'not_found');
  expectProblem(await begin(tokens.waiter, { order_id: o.id, provider: 'p_1-x' }), 422, 'validation_failed', ['/provider']);
});

test('names and secrets that are not right', async () => {
  const set = (name, body) => put(stack, `/api/restaurant/providers/${name}`, { token: tokens.owner, body });
  const secret = newSecret();
  for (const name of ['Card', '-a', '_a', 'a.b', 'a'.repeat(61)]) expectProblem(await set(name, { secret }), 422, 'validation_failed', ['provider']);
  for (const name of ['a%20b', '%C3%A4', 'a%2Fb', 'a/b']) assert.ok([404, 422].includes((await set(name, { secret })).status), name);
  for (const bad of [undefined, null, '', 'x'.repeat(15), 'x'.repeat(256), 7, `${'x'.repeat(20)}\n`, `${'x'.repeat(20)}\u0007`, 'ü'.repeat(20)])
    expectProblem(await set('other', { secret: bad }), 422, 'validation_failed', ['/secret']);
  expectProblem(await set('other', { secret, x: 1 }), 422, 'validation_failed', ['/x']);
  for (const good of ['x'.repeat(16), '!~ "\\'.repeat(51)]) {
    const provider = new Provider(stack, 'other', { secret: good });
    expectStatus(await provider.setUp(tokens.owner), 200);
    const intent = await begun(tokens.waiter, { order_id: (await takeaway()).id, provider: 'other' });
    assert.equal((await told(provider.captured(intent))).status, 'recorded');
  }
  expectStatus(await del(stack, '/api/restaurant/providers/other', { token: tokens.owner }), 204);
});

test('which roles may see and set providers', async () => {
  const diner = (await party(0, 1)).token;
  for (const token of [diner, tokens.kitchen, tokens.waiter, tokens.cashier]) {
    expectProblem(await get(stack, '/api/restaurant/providers', { token }), 403, 'insufficient_role');
    expectProblem(await card.setUp(token), 403, 'insufficient_role');
    expectProblem(await del(stack, '/api/restaurant/providers/card-pay', { token }), 403, 'insufficient_role');
  }
});

// ---- Beginning

test('where every payment is in coins, so is what is paid online: table, order, guest and share', async () => {
  stack.sql(`UPDATE restaurants SET cash_rounding = 100, round_all_methods = true, tax_rate_ppm = 0`);
  stack.sql(`UPDATE menu_items SET price = 4540 WHERE id = '${item.id}'`);
  try {
    const due = async (p) => (await get(stack, `/api/sessions/${p.session.id}/bill`, { token: tokens.waiter })).json;
    const settled = async (p, body, [amount, rounding], left = 0) => {
      const intent = await begun(p.token, { ...body, tip_amount: 7 });
      assert.deepEqual([intent.amount, intent.charge_amount, intent.rounding_amount], [amount, amount + 7, rounding]);
      const { flag, payment_id } = await told(card.captured(intent)), payment = await readPayment(payment_id);
      assert.deepEqual([flag, payment.amount, payment.tip_amount, payment.rounding_amount], [null, amount, 7, rounding]);
      assert.deepEqual([(await due(p)).due, (await due(p)).credit], [left, 0]);
      return { payment, intent };
    };
    let p = await party(0, 1);
    await settled(p, p.body, [4500, -40]);
    p = await party(0, 3);
    // Given back whole, the rounding goes with it.
    const { payment: paid, intent: of } = await settled(p, { order_id: p.orders[0].id }, [13600, -20]);
    const back = expectStatus(await post(stack, `/api/payments/${paid.id}/refunds`, { token: tokens.cashier, body: { amount: 13600, reason: 'cold', reopens_due: true } }), 201).json;
    await told(card.refunded(of, back.refunds[0], { amount: 13600 }));
    assert.deepEqual([(await due(p)).due, (await due(p)).rounding_amount], [13620, 0]);
    p = await party(0, 1, 2);
    await settled(p, { ...p.body, diner_id: p.diners[1].diner.id }, [9100, 20], 4540);
    p = await party(0, 2);
    const { shares } = expectStatus(await post(stack, `/api/sessions/${p.session.id}/split`, { token: tokens.waiter, body: { by: 'equal', parts: 2 } }), 201).json;
    await settled(p, { share_id: shares[0].id }, [4500, -40], 4540);
    await settled(p, { share_id: shares[1].id }, [4500, -40]);
    expectBooksToAgree();

    // An amount of one's own is just that, and while somebody else holds some, nothing is settled.
    p = await party(0, 1, 1);
    const own = await begun(p.token, { ...p.body, amount: 4540 });
    assert.deepEqual([own.amount, own.rounding_amount], [4540, 0]);
    const rest = await begun(p.diners[1].token, p.body);
    assert.deepEqual([rest.amount, rest.rounding_amount], [4540, 0]);
    for (const intent of [own, rest]) assert.equal((await told(card.captured(intent))).flag, null);
    assert.equal((await due(p)).due, 0);

    // Less is due when it comes: nothing is rounded, all that was paid is written down, and nothing is left open.
    p = await party(0, 1, 1);
    const whole = await begun(p.token, p.body);
    assert.deepEqual([whole.amount, whole.rounding_amount], [9100, 20]);
    const [line] = p.orders[1].items;
    expectStatus(await post(stack, `/api/orders/${p.orders[1].id}/adjustments`, { token: tokens.manager, body: { kind: 'void', item_id: line.id, reason: 'sold out' } }), 201);
    const { flag, payment_id } = await told(card.captured(whole));
    const payment = await readPayment(payment_id);
    assert.deepEqual([flag, payment.amount, payment.rounding_amount, payment.allocations.map((a) => a.amount)], ['overpaid', 9100, 0, [4540]]);
    assert.equal((await due(p)).due, 0);

    // Given back through the provider: the sale, the rounding and the money go together, whole, in parts, and a little less.
    const sold = async (quantity, asked) => {
      p = await party(0, quantity);
      const intent = await begun(p.token, p.body);
      assert.equal(intent.amount, asked);
      return { intent, payment: await readPayment((await told(card.captured(intent))).payment_id) };
    };
    const give = async ({ intent, payment: { id } }, amount, given = amount) => {
      const { refunds } = expectStatus(await post(stack, `/api/payments/${id}/refunds`, { token: tokens.cashier, body: { amount, reason: 'cold' } }), 201).json;
      return told(card.refunded(intent, refunds.at(-1), { amount: given }));
    };
    const left = async () => {
      const { due: open, credit, paid, refunded, total_amount: total, rounding_amount: rounding } = await due(p);
      assert.equal(total, paid - refunded + open - credit);
      return [open, credit, total, rounding];
    };
    for (const [quantity, asked] of [[3, 13600], [2, 9100]]) { // 13620, 9080
      await give(await sold(quantity, asked), asked);
      assert.deepEqual(await left(), [0, 0, 0, 0]);
      const some = await sold(quantity, asked);
      await give(some, 4000);
      await give(some, asked - 4000);
      assert.deepEqual(await left(), [0, 0, 0, 0]);
    }
    assert.equal((await give(await sold(2, 9100), 9090)).flag, null); // all of the sale, and half of its rounding
    assert.deepEqual(await left(), [0, 0, 0, 10]);
    assert.equal((await give(await sold(2, 9100), 9100, 9090)).flag, 'amount_differs'); // a fee was kept
    assert.deepEqual(await left(), [0, 0, 0, 10]);

    // A unit less is due than was held, since the table's rounding moved it: that settles it all the same.
    p = await party(0, 1);
    const held = await begun(p.token, p.body);
    stack.sql(`SET session_replication_role = replica; UPDATE payment_intent_allocations SET amount = amount + 1 WHERE intent_id = '${held.id}'`);
    assert.equal((await told(card.captured(held))).flag, null);
    assert.deepEqual([(await due(p)).due, (await due(p)).rounding_amount], [0, -40]);
    // What comes beyond what was asked for pays what rounding would have taken off.
    p = await party(0, 1);
    const less = await begun(p.token, p.body);
    const more = await told(card.captured(less, { amount: 4510 }));
    assert.deepEqual([more.flag, (await readPayment(more.payment_id)).allocations.map((a) => a.amount), (await due(p)).due], ['amount_differs', [4510], 30]);

    // Less than half a coin is nothing to charge; staff settle it with 0.
    stack.sql(`UPDATE menu_items SET price = 40 WHERE id = '${item.id}'`);
    p = await party(0, 1);
    expectProblem(await begin(p.token, p.body), 409, 'nothing_due');
    assert.equal(expectStatus(await pay({ ...p.body, amount: 0, method: 'online' }), 201).json.rounding_amount, -40);
  } finally {
    stack.sql(`UPDATE restaurants SET cash_rounding = NULL, round_all_methods = false, tax_rate_ppm = 50000`);
    stack.sql(`UPDATE menu_items SET price = ${item.price} WHERE id = '${item.id}'`);
  }
});

test('a diner begins to pay for the table, and for an order', async () => {
  const p = await party(0, 1, 2);
  const answer = expectStatus(await begin(p.token, { ...p.body, tip_amount: 30 }), 201);
  const { id, expires_at, created_at, ...rest } = answer.json;
  assert.deepEqual(rest, { order_id: null, session_id: p.session.id, provider: 'card-pay', amount: p.total, tip_amount: 30, charge_amount: p.total + 30, rounding_amount: 0, currency: 'INR',
    status: 'pending', version: 1, diner_id: p.diner.id, staff_id: null, for_diner_id: null, share_id: null });
  assert.equal(Date.parse(expires_at) - Date.parse(created_at), 600000);
  assert.deepEqual((await activity(p.session, 'payment_begun')).map((l) => [l.details, l.actor_role]), [[{ intent_id: id, amount: p.total }, 'diner']]);
  // Again, for an order of the table: the first one ends.
  const second = await begun(p.token, { order_id: p.orders[1].id, amount: 5 });
  assert.deepEqual([second.order_id, second.session_id, second.amount, second.charge_amount], [p.orders[1].id, null, 5, 5]);
  assert.deepEqual([intentStatus({ id }), intentStatus(second)], ['expired', 'pending']);
  assert.equal(heldOf(p.orders), 5);
  const staff = await begun(tokens.waiter, p.body);
  assert.deepEqual([staff.amount, staff.diner_id === null, staff.staff_id !== null], [p.total - 5, true, true]);
});

test('what is not right', async () => {
  const p = await party(0, 1);
  for (const token of [p.token, tokens.waiter]) {
    for (const [field, values] of [['provider', [undefined, null, '', 'p'.repeat(61), 7, 'nobody', 'CARD-PAY']], ['amount', [0, -1, 1.5, '1', 2 ** 53]], ['tip_amount', [-1, '1', 2 ** 53]],
      ['session_id', ['x', 7, randomUUID(), randomUUID().toUpperCase()]], ['x', [1]]])
      for (const value of values) expectProblem(await begin(token, { ...p.body, [field]: value }), 422, 'validation_failed', [`/${field}`]);
    expectProblem(await begin(token, { ...p.body, currency: 'INR' }), token === p.token ? 403 : 422, token === p.token ? 'forbidden_field' : 'validation_failed', ['/currency']);
    assert.equal((await begin(token, { ...p.body, provider: 'nobody' })).json.errors[0].code, 'unknown_provider');
    expectProblem(await begin(token, {}), 422, 'validation_failed', ['/order_id']);
    expectProblem(await begin(token, { ...p.body, order_id: p.orders[0].id }), 422, 'validation_failed', ['/session_id']);
    expectProblem(await begin(token, { order_id: randomUUID() }), 422, 'validation_failed', ['/order_id']);
    expectProblem(await begin(token, { ...p.body, provider: 'x 4111111111111111' }), 422, 'card_number_rejected', ['/provider']);
    expectProblem(await begin(token, { ...p.body, amount: p.total + 1 }), 409, 'overpaid');
    expectProblem(await begin(token, { order_id: p.orders[0].id, amount: p.total + 1 }), 409, 'overpaid');
  }
  assert.equal(heldOf(p.orders), 0);
});

test('a diner pays for its own table only', async () => {
  const p = await party(0, 1), other = await openSession(stack, 1), others = await ordered(other.token), none = await takeaway();
  const unknown = await begin(p.token, { order_id: randomUUID() });
  for (const id of [others.id, none.id]) {
    const answer = await begin(p.token, { order_id: id });
    assert.deepEqual([answer.status, answer.json.errors], [unknown.status, unknown.json.errors]);
  }
  expectProblem(await begin(p.token, { session_id: other.session.id }), 422, 'validation_failed', ['/session_id']);
  expectStatus(await begin(p.token, { session_id: p.session.id.toUpperCase() }), 201);
  // Nor does it end another's, or staff's.
  const foreign = await begun(other.token, { session_id: other.session.id }), staff = await begun(tokens.waiter, { order_id: none.id });
  for (const intent of [foreign, staff, { id: randomUUID() }]) expectProblem(await end(intent, p.token), 404, 'not_found');
  const guest = await joinSession(stack, p.code, p.pin);
  const own = await begun(p.token, p.body);
  expectProblem(await end(own, guest.token), 404, 'not_found');
  expectStatus(await end(own, p.token), 204);
  expectStatus(await end(foreign, tokens.waiter), 204);
  assert.deepEqual([intentStatus(own), intentStatus(foreign), intentStatus(staff)], ['expired', 'expired', 'pending']);
});

test('a guest\'s own part, in any way and whoever is first: nobody else\'s order', async () => {
  const ways = {
    cash: async (p, d, amount) => expectStatus(await pay({ ...p.body, diner_id: d.diner.id, amount }), 201),
    'card at the table': async (p, d, amount) => expectStatus(await pay({ ...p.body, diner_id: d.diner.id, amount, method: 'card' }), 201),
    online: async (p, d, amount) => {
      const intent = await begun(d.token, { ...p.body, diner_id: d.diner.id });
      assert.deepEqual([intent.amount, intent.for_diner_id, intent.diner_id], [amount, d.diner.id, d.diner.id]);
      assert.equal((await told(card.captured(intent))).flag, null);
    },
    'online, begun by the staff': async (p, d, amount) => {
      const intent = await begun(tokens.waiter, { ...p.body, diner_id: d.diner.id, amount });
      assert.equal((await told(card.captured(intent))).flag, null);
    },
  };
  for (const [way, settle] of Object.entries(ways)) for (const first of [0, 1, 2]) for (const bottle of [false, true]) {
    const p = await party(0, 1, 3, 2);
    if (bottle) await ordered(tokens.waiter, 3, { session_id: p.session.id });
    const due = async () => expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill?split=diner`, { token: tokens.waiter }), 200).json.shares.map((x) => x.amount);
    const owed = await due();
    for (const i of [first, (first + 1) % 3, (first + 2) % 3]) {
      await settle(p, p.diners[i], owed[i]);
      owed[i] = 0;
      assert.deepEqual(await due(), owed, `${way}, guest ${i} after ${first}`);
      if (!bottle) assert.deepEqual(await Promise.all(p.orders.map(statusOf)), owed.map((amount) => (amount > 0 ? 'unpaid' : 'paid')), way);
    }
    expectStatus(await post(stack, `/api/sessions/${p.session.id}/close`, { token: tokens.waiter }), 200);
  }
  expectBooksToAgree();
});

test('nothing due, and all of it held', async () => {
  const p = await party(0, 1), guest = await joinSession(stack, p.code, p.pin);
  await begun(p.token, p.body);
  const held = expectProblem(await begin(guest.token, p.body), 409, 'nothing_due');
  assert.match(held.detail, /somebody else/i);
  assert.match(expectProblem(await begin(guest.token, { order_id: p.orders[0].id }), 409, 'nothing_due').detail, /somebody else/i);
  const q = await party(1, 1);
  expectStatus(await pay({ ...q.body, amount: q.total }), 201);
  assert.doesNotMatch(expectProblem(await begin(q.token, q.body), 409, 'nothing_due').detail, /somebody else/i);
  expectStatus(await put(stack, `/api/orders/${(await ordered(q.token)).id}`, { token: tokens.waiter, body: { status: 'cancelled' } }), 200);
  expectProblem(await begin(q.token, q.body), 409, 'nothing_due');
  const cancelled = await takeaway();
  expectStatus(await put(stack, `/api/orders/${cancelled.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }), 200);
  expectProblem(await begin(tokens.waiter, { order_id: cancelled.id }), 409, 'order_cancelled');
});

test('staff\'s payments leave what is held; a failure, an end and the time give it back', async () => {
  const p = await party(0, 2, 2), [a, b] = p.diners, share = Math.floor(p.total / 2);
  for (const giveBack of [(i) => card.failed(i), (i) => end(i, a.token), (i) => runOut(i), (i) => end(i, tokens.cashier)]) {
    const intent = await begun(a.token, { ...p.body, amount: share });
    const problem = expectProblem(await pay({ ...p.body, amount: p.total - share + 1 }), 409, 'overpaid');
    assert.match(problem.detail, new RegExp(`\\b${share}\\b`));
    expectProblem(await begin(b.token, { ...p.body, amount: p.total - share + 1 }), 409, 'overpaid');
    const rest = await begun(b.token, p.body);
    assert.equal(rest.amount, p.total - share);
    expectStatus(await end(rest, b.token), 204);
    await giveBack(intent);
    const all = await begun(b.token, p.body);
    assert.equal(all.amount, p.total);
    expectStatus(await end(all, b.token), 204);
    assert.equal(heldOf(p.orders), 0);
  }
  expectStatus(await pay({ ...p.body, amount: p.total }), 201);
});

test('staff find what an abandoned payment holds, end it and take the cash; it comes late all the same', async () => {
  const held = async (p, token = tokens.waiter) => expectStatus(await get(stack, `/api/payments/intents?session_id=${p.session.id}`, { token }), 200).json.data;
  for (const role of ['waiter', 'cashier', 'manager', 'owner']) for (const body of [(p) => p.body, (p) => ({ order_id: p.orders[0].id }), (p) => ({ ...p.body, diner_id: p.diner.id })]) {
    const p = await party(0, 1, 2);
    assert.deepEqual(await held(p), []);
    const intent = await begun(p.token, body(p)), other = await begin(p.diners[1].token, p.body), all = [intent, other.json].slice(0, other.status === 201 ? 2 : 1);
    expectProblem(await pay({ ...p.body, amount: p.total }), 409, 'overpaid');
    const list = await held(p, tokens[role]);
    assert.deepEqual(list.map((i) => [i.id, i.amount, i.diner_id, i.status]), all.map((i) => [i.id, i.amount, i.diner_id, 'pending']));
    for (const i of list) expectStatus(await end(i, tokens[role]), 204);
    assert.deepEqual(await held(p), []);
    expectStatus(await pay({ ...p.body, amount: p.total }), 201);
    const late = await told(card.captured(intent));
    assert.deepEqual([late.status, late.flag], ['recorded', 'overpaid'], 'written down, and to be given back');
    assert.deepEqual((await readPayment(late.payment_id)).allocations, []);
    expectProblem(await end(intent, tokens[role]), 409, 'intent_ended');
  }
  // One whose time is over holds nothing.
  const p = await party(0, 1);
  runOut(await begun(p.token, p.body));
  assert.deepEqual(await held(p), []);
  for (const token of [p.token, tokens.kitchen]) expectProblem(await get(stack, `/api/payments/intents?session_id=${p.session.id}`, { token }), 403, 'insufficient_role');
  expectBooksToAgree();
});

test('what ended does not end again', async () => {
  const o = await takeaway(2);
  for (const [finish, status] of [[(i) => card.failed(i), 'failed'], [(i) => end(i, tokens.waiter), 'expired'], [(i) => card.captured(i), 'captured']]) {
    const intent = await begun(tokens.waiter, { order_id: o.id });
    await finish(intent);
    assert.equal(intentStatus(intent), status);
    expectProblem(await end(intent, tokens.waiter), 409, 'intent_ended');
    assert.equal(intentStatus(intent), status);
  }
});

test('a key begins once', async () => {
  const p = await party(0, 1), key = newKey();
  const first = expectStatus(await begin(p.token, p.body, { key }), 201), again = await begin(p.token, p.body, { key });
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  assert.equal(intentStatus(first.json), 'pending');
  expectProblem(await begin(p.token, { ...p.body, amount: 1 }, { key }), 422, 'idempotency_key_reused');
});

test('twenty at once hold no more than is due', async () => {
  for (let round = 0; round < 4; round++) {
    const p = await party(0, 3, 1, 2, 1), part = Math.floor(p.total / 6);
    const asks = Array.from({ length: 20 }, (_, i) => begin(i % 5 ? p.diners[i % 4].token : tokens.waiter, round === 0 ? p.body : { ...p.body, amount: part }));
    const answers = await Promise.all(asks);
    for (const a of answers) assert.ok([201, 409].includes(a.status), a.text);
    assert.ok(answers.some((a) => a.status === 201));
    assert.ok(heldOf(p.orders) <= p.total, `${heldOf(p.orders)} of ${p.total}`);
    for (const d of p.diners) assert.ok(Number(stack.sqlValue(`SELECT count(*) FROM payment_intents WHERE status = 'pending' AND diner_id = '${d.diner.id}'`)) <= 1);
    // Whoever is charged is charged rightly.
    const pending = answers.filter((a) => a.status === 201).map((a) => a.json).filter((i) => intentStatus(i) === 'pending');
    const captures = await Promise.all(pending.map((i) => card.captured(i)));
    for (const c of captures) assert.equal(expectStatus(c, 200).json.flag, null);
    expectBooksToAgree();
  }
});

test('two whole bills at once: one is held', async () => {
  for (let round = 0; round < 8; round++) {
    const p = await party(0, 1, 1);
    const answers = await Promise.all(p.diners.map((d) => begin(d.token, p.body)));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409]);
    assert.equal(heldOf(p.orders), p.total);
  }
});

// ---- The provider's word

test('captured: the payment, and all that follows', async () => {
  const p = await party(0, 1, 2);
  const intent = await begun(p.token, { ...p.body, tip_amount: 25 });
  const event = card.event(intent);
  const answer = await card.send(event);
  const { payment_id, ...rest } = expectStatus(answer, 200).json;
  assert.deepEqual(rest, { event_id: event.event_id, status: 'recorded', flag: null });
  const payment = await readPayment(payment_id);
  const { amount, tip_amount, method, provider, provider_ref, order_id, session_id, intent_id, staff_id, diner_id, flag, currency } = payment;
  assert.deepEqual({ amount, tip_amount, method, provider, provider_ref, order_id, session_id, intent_id, staff_id, diner_id, flag, currency }, { amount: p.total, tip_amount: 25, method: 'online',
    provider: 'card-pay', provider_ref: event.provider_ref, order_id: null, session_id: p.session.id, intent_id: intent.id, staff_id: null, diner_id: p.diner.id, flag: null, currency: 'INR' });
  assert.deepEqual(payment.allocations.map((a) => [a.order_id, a.amount]), p.orders.map((o) => [o.id, o.total_amount]));
  assert.deepEqual(await Promise.all(p.orders.map(statusOf)), ['paid', 'paid']);
  assert.equal(intentStatus(intent), 'captured');
  assert.deepEqual((await activity(p.session, 'payment_captured')).map((l) => [l.details, l.actor_role]), [[{ payment_id, amount: p.total, tip_amount: 25, method: 'online' }, 'system']]);
  expectStatus(await post(stack, `/api/sessions/${p.session.id}/close`, { token: tokens.waiter }), 200);
  expectBooksToAgree();
});

test('an order\'s intent: its payment is the order\'s and the session\'s', async () => {
  const p = await party(0, 1, 1);
  const intent = await begun(p.token, { order_id: p.orders[1].id });
  const payment = await readPayment((await told(card.captured(intent))).payment_id);
  assert.deepEqual([payment.order_id, payment.session_id, payment.amount], [p.orders[1].id, p.session.id, p.orders[1].total_amount]);
  assert.deepEqual(await Promise.all(p.orders.map(statusOf)), ['unpaid', 'paid']);
});

test('a failed payment of an order is in the log of its session', async () => {
  const p = await party(0, 1, 1);
  const intent = await begun(p.token, { order_id: p.orders[1].id });
  assert.equal((await activity(p.session, 'payment_begun')).length, 1);
  await told(card.failed(intent));
  assert.deepEqual((await activity(p.session, 'payment_failed')).map((l) => [l.details, l.actor_role]), [[{ intent_id: intent.id }, 'system']]);
});

test('failed, then captured', async () => {
  const p = await party(0, 1), intent = await begun(p.token, p.body);
  const failed = await told(card.failed(intent));
  assert.deepEqual([failed.status, failed.payment_id, failed.flag], ['recorded', null, null]);
  assert.equal((await activity(p.session, 'payment_failed')).length, 1);
  assert.equal((await told(card.failed(intent))).status, 'ignored');
  const captured = await told(card.captured(intent));
  assert.deepEqual([captured.status, captured.flag, intentStatus(intent)], ['recorded', null, 'captured']);
  assert.equal(await statusOf(p.orders[0]), 'paid');
});

test('captured, then failed', async () => {
  const p = await party(0, 1), intent = await begun(p.token, p.body);
  const { payment_id } = await told(card.captured(intent));
  assert.equal((await told(card.failed(intent))).status, 'ignored');
  assert.deepEqual([intentStatus(intent), await statusOf(p.orders[0]), paymentsOf(intent)], ['captured', 'paid', [payment_id]]);
});

test('the same event again and again, twenty at once', async () => {
  for (let round = 0; round < 4; round++) {
    const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id }), event = card.event(intent);
    const answers = await Promise.all(Array.from({ length: 20 }, () => card.send(event)));
    const bodies = answers.map((a) => expectStatus(a, 200).json);
    assert.equal(bodies.filter((b) => b.status === 'recorded').length, 1);
    assert.equal(bodies.filter((b) => b.status === 'duplicate').length, 19);
    assert.equal(new Set(bodies.map((b) => b.payment_id)).size, 1);
    assert.equal(paymentsOf(intent).length, 1);
    // The event's id counts, whatever it says now.
    assert.equal((await told(card.send({ ...event, amount: 1, status: 'failed' }))).status, 'duplicate');
    expectBooksToAgree();
  }
});

test('twenty events of one capture at once', async () => {
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
  const bodies = (await Promise.all(Array.from({ length: 20 }, () => card.captured(intent)))).map((a) => expectStatus(a, 200).json);
  assert.deepEqual([bodies.filter((b) => b.status === 'recorded').length, bodies.filter((b) => b.status === 'ignored').length], [1, 19]);
  assert.equal(paymentsOf(intent).length, 1);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM payment_events WHERE intent_id = '${intent.id}'`), '20');
});

test('captured twice: the second is written down, pays nothing, and can be given back', async () => {
  const o = await takeaway(2), intent = await begun(tokens.waiter, { order_id: o.id });
  const first = await told(card.captured(intent));
  const again = await told(card.captured(intent));
  assert.deepEqual([again.status, again.payment_id], ['ignored', first.payment_id]);
  const second = await told(card.captured(intent, { provider_ref: 'another' }));
  assert.deepEqual([second.status, second.flag], ['recorded', 'duplicate_capture']);
  assert.notEqual(second.payment_id, first.payment_id);
  assert.deepEqual((await told(card.captured(intent, { provider_ref: 'another' }))), { ...second, status: 'ignored', event_id: stack.sqlValue(`SELECT event_id FROM payment_events WHERE intent_id = '${intent.id}' ORDER BY created_at DESC LIMIT 1`) });
  const payment = await readPayment(second.payment_id);
  assert.deepEqual([payment.amount, payment.allocations, payment.flag], [intent.amount, [], 'duplicate_capture']);
  const ofOrder = expectStatus(await get(stack, `/api/payments?order_id=${o.id}`, { token: tokens.waiter }), 200).json.data;
  assert.deepEqual(ofOrder.map((x) => x.id), [second.payment_id, first.payment_id], 'what was not allocated is among the order\'s payments');
  const back = expectStatus(await post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.cashier, body: { amount: payment.amount, reason: 'paid twice' } }), 201).json;
  // It waits for its provider, and cannot be given back twice meanwhile.
  assert.deepEqual([back.refunded_amount, back.refunds[0].status], [0, 'pending']);
  const more = () => post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.cashier, body: { amount: 1, reason: 'paid twice' } });
  expectProblem(await more(), 409, 'refund_exceeds_payment');
  assert.equal((await told(card.refunded(intent, back.refunds[0]))).status, 'recorded');
  const given = await readPayment(payment.id);
  assert.deepEqual([given.refunded_amount, given.refunds[0].status], [payment.amount, 'done']);
  assert.equal((await told(card.refunded(intent, back.refunds[0]))).status, 'ignored', 'told once more, under another id');
  expectProblem(await more(), 409, 'refund_exceeds_payment');
  assert.equal(await statusOf(o), 'paid');
  expectBooksToAgree();
});

test('credit that a pending refund gives back pays nothing else for good', async () => {
  // Ordered 4, paid, one of it void: credit, and a refund of it is asked for.
  const start = async (n) => {
    const p = await party(n, 3), more = await ordered(p.token), price = more.total_amount;
    const intent = await begun(p.token, p.body), { payment_id } = await told(card.captured(intent));
    expectStatus(await post(stack, `/api/orders/${more.id}/adjustments`, { token: tokens.manager, body: { kind: 'void', item_id: more.items[0].id, reason: 'cold' } }), 201);
    const back = async (amount) => expectStatus(await post(stack, `/api/payments/${payment_id}/refunds`, { token: tokens.cashier, body: { amount, reason: 'cold' } }), 201).json.refunds.at(-1);
    const bill = async () => {
      const { total_amount, due, credit } = expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill`, { token: tokens.waiter }), 200).json;
      return [total_amount / price, due / price, credit / price];
    };
    return { ...p, price, intent, back, bill };
  };
  // What is ordered meanwhile is to be paid once the money went back.
  const a = await start(0), asked = await a.back(a.price);
  const next = await ordered(a.token);
  await told(card.refunded(a.intent, asked));
  assert.deepEqual(await a.bill(), [4, 1, 0], 'four eaten, three paid');
  assert.notEqual(await statusOf(next), 'refunded');
  // The credit is promised once: a second refund is of the sale, whichever is done first.
  for (const order of [[0, 1], [1, 0]]) {
    const b = await start(1), both = [await b.back(b.price), await b.back(b.price)];
    for (const i of order) await told(card.refunded(b.intent, both[i]));
    assert.deepEqual(await b.bill(), [2, 0, 0], 'the credit, and one of what was eaten');
  }
  for (const order of [[0, 1], [1, 0]]) {
    const c = await start(2), both = [await c.back(c.price), await c.back(c.price)];
    await ordered(c.token);
    for (const i of order) await told(card.refunded(c.intent, both[i]));
    assert.deepEqual(await c.bill(), [3, 1, 0], 'the credit paid for something; the other is still given back');
  }
  // One that failed promises nothing.
  const d = await start(3), failed = await d.back(d.price);
  await told(card.refundFailed(d.intent, failed));
  await told(card.refunded(d.intent, await d.back(d.price)));
  assert.deepEqual(await d.bill(), [3, 0, 0]);
  // In part credit, in part sale.
  const e = await start(0), mixed = await e.back(2 * e.price);
  await told(card.refunded(e.intent, mixed));
  assert.deepEqual(await e.bill(), [2, 0, 0]);
});

test('what a provider gives back is recorded, whatever it was asked for', async () => {
  const start = async (n, tip_amount = 0) => {
    const p = await party(n, 4), intent = await begun(p.token, { ...p.body, tip_amount }), { payment_id } = await told(card.captured(intent));
    const back = async (amount, more) => expectStatus(await post(stack, `/api/payments/${payment_id}/refunds`, { token: tokens.cashier, body: { amount, reason: 'cold', ...more } }), 201).json.refunds.at(-1);
    const now = async () => {
      const payment = await readPayment(payment_id), { total_amount, due } = expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill`, { token: tokens.waiter }), 200).json;
      return [payment.refunded_amount, payment.refunded_tip_amount, payment.refunds.map((f) => [f.amount, f.tip_amount, f.status, f.flag]), p.total - total_amount, due];
    };
    return { ...p, intent, back, now };
  };
  // Less, more, more than there is: what was asked for lowers the sale, and no more.
  const cases = [
    [100, {}, 60, [60, 0, [[60, 0, 'done', 'amount_differs']], 60, 0]],
    [100, {}, 160, [160, 0, [[160, 0, 'done', 'amount_differs']], 100, 60]],
    [100, {}, 9e9, (total) => [total, 0, [[total, 0, 'done', 'amount_differs']], 100, total - 100]],
    [100, {}, 100, [100, 0, [[100, 0, 'done', null]], 100, 0]],
    [100, { reopens_due: true }, 60, [60, 0, [[60, 0, 'done', 'amount_differs']], 0, 60]],
  ];
  for (const [i, [asked, more, amount, wanted]] of cases.entries()) {
    const p = await start(i % 4), refund = await p.back(asked, more);
    const { status, flag } = await told(card.refunded(p.intent, refund, { amount }));
    const expected = typeof wanted === 'function' ? wanted(p.total) : wanted;
    assert.deepEqual([status, flag], ['recorded', expected[2][0][3]]);
    assert.deepEqual(await p.now(), expected);
    const [log] = await activity(p.session, 'payment_refunded');
    assert.deepEqual([log.details.flag, log.details.given_back], flag ? [flag, amount] : [undefined, undefined]);
    assert.equal((await told(card.refunded(p.intent, refund, { amount: 1 }))).status, 'ignored');
  }
  // The tip comes last.
  for (const [i, [amount, wanted]] of [[120, [100, 20]], [110, [100, 10]], [90, [90, 0]], [130, [110, 20]]].entries()) {
    const p = await start(i, 30), refund = await p.back(100, { tip_amount: 20 });
    assert.equal((await told(card.refunded(p.intent, refund, { amount }))).flag, amount === 120 ? null : 'amount_differs');
    assert.deepEqual((await p.now()).slice(0, 2), wanted);
  }
  // How much another currency is, nobody knows; nothing is not given back.
  const q = await start(0), other = await q.back(100);
  expectProblem(await card.refunded(q.intent, other, { amount: 0 }), 422, 'validation_failed', ['/amount']);
  const event = card.event(q.intent, { status: 'refunded', refund_id: other.id, amount: 7, currency: 'EUR', provider_ref: undefined });
  assert.deepEqual([(await told(card.send(event))).flag, (await told(card.send(event))).status], ['currency_differs', 'duplicate']);
  assert.deepEqual(await q.now(), [100, 0, [[100, 0, 'done', 'currency_differs']], 100, 0]);
  expectBooksToAgree();
});

test('given back after it had failed: the money went back', async () => {
  const p = await party(0, 4), intent = await begun(p.token, p.body), { payment_id } = await told(card.captured(intent));
  const back = async (amount) => expectStatus(await post(stack, `/api/payments/${payment_id}/refunds`, { token: tokens.cashier, body: { amount, reason: 'cold' } }), 201).json.refunds.at(-1);
  const now = async () => {
    const payment = await readPayment(payment_id);
    return [payment.refunded_amount, payment.refunds.map((f) => [f.status, f.flag])];
  };
  const first = await back(100);
  assert.equal((await told(card.refundFailed(intent, first))).status, 'recorded');
  assert.equal((await told(card.refundFailed(intent, first))).status, 'ignored');
  assert.deepEqual((({ status, flag }) => [status, flag])(await told(card.refunded(intent, first))), ['recorded', null]);
  assert.deepEqual(await now(), [100, [['done', null]]]);
  assert.equal((await told(card.refundFailed(intent, first))).status, 'ignored', 'it is done');
  // Another took its place: what is left, and a flag.
  const second = await back(50);
  await told(card.refundFailed(intent, second));
  const third = await back(p.total - 120);
  assert.equal((await told(card.refunded(intent, second))).flag, 'amount_differs');
  assert.deepEqual(await now(), [120, [['done', null], ['done', 'amount_differs'], ['pending', null]]]);
  const fourth = await told(card.refundFailed(intent, third));
  assert.equal(fourth.status, 'recorded');
  await told(card.refunded(intent, await back(p.total - 120)));
  assert.equal((await told(card.refunded(intent, third))).flag, 'amount_differs', 'nothing is left of it');
  assert.deepEqual(await now(), [p.total, [['done', null], ['done', 'amount_differs'], ['failed', 'amount_differs'], ['done', null]]]);
  expectBooksToAgree();
});

test('captured late: it still pays what is due', async () => {
  const p = await party(0, 1, 1);
  for (const [i, finish] of [(x) => runOut(x), (x) => end(x, p.token)].entries()) {
    const intent = await begun(p.token, { order_id: p.orders[i].id });
    await finish(intent);
    const { status, flag } = await told(card.captured(intent));
    assert.deepEqual([status, flag, intentStatus(intent), await statusOf(p.orders[i])], ['recorded', null, 'captured', 'paid']);
  }
  // One that was replaced, too.
  const q = await party(1, 1), first = await begun(q.token, q.body), second = await begun(q.token, q.body);
  assert.equal((await told(card.captured(first))).flag, null);
  assert.equal(await statusOf(q.orders[0]), 'paid');
  assert.equal((await told(card.captured(second))).flag, 'overpaid');
  expectBooksToAgree();
});

test('captured late, after somebody else paid: written down, flagged, given back', async () => {
  const p = await party(0, 1, 1), [a, b] = p.orders, most = p.total - 10;
  const intent = await begun(p.token, { ...p.body, tip_amount: 7 });
  runOut(intent);
  expectStatus(await pay({ ...p.body, amount: most }), 201);
  const { status, flag, payment_id } = await told(card.captured(intent));
  assert.deepEqual([status, flag], ['recorded', 'overpaid']);
  const payment = await readPayment(payment_id);
  assert.deepEqual([payment.amount, payment.tip_amount, payment.allocations.map((x) => [x.order_id, x.amount])], [p.total, 7, [[b.id, 10]]]);
  assert.deepEqual(await Promise.all([a, b].map(statusOf)), ['paid', 'paid']);
  expectBooksToAgree();
  // What paid nothing goes back first: the orders stay paid.
  const refund = (amount) => post(stack, `/api/payments/${payment_id}/refunds`, { token: tokens.cashier, body: { amount, reason: 'too much' } });
  const given = async (amount, how = 'refunded') => told(card[how](intent, expectStatus(await refund(amount), 201).json.refunds.at(-1)));
  await given(most);
  assert.deepEqual(await Promise.all([a, b].map(statusOf)), ['paid', 'paid']);
  await given(10, 'refundFailed');
  assert.deepEqual(await Promise.all([a, b].map(statusOf)), ['paid', 'paid'], 'it was not given back, and may be again');
  await given(10);
  assert.equal(await statusOf(b), 'partially_refunded');
  assert.equal((await readPayment(payment_id)).refunded_amount, most + 10);
  expectProblem(await refund(1), 409, 'refund_exceeds_payment');
  expectBooksToAgree();
});

test('captured for orders that are cancelled or deleted by now', async () => {
  const cancel = (o) => put(stack, `/api/orders/${o.id}`, { token: tokens.waiter, body: { status: 'cancelled' } });
  const remove = (o) => del(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { reason: 'twice' } });
  for (const [finish, status] of [[cancel, 200], [remove, 204]]) {
    const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
    expectProblem(await finish(o), 409, 'order_paid'); // money is held
    await end(intent, tokens.waiter);
    expectStatus(await finish(o), status);
    const { status: told_, flag, payment_id } = await told(card.captured(intent));
    assert.deepEqual([told_, flag], ['recorded', 'overpaid']);
    assert.deepEqual((await readPayment(payment_id)).allocations, []);
  }
});

test('amounts that differ', async () => {
  const cases = [ // by how much, what is the tip then, what of it pays the order of 100 %
    [10, 20, 0], [-5, 15, 0], [-20, 0, 0], [-30, 0, -10], [2 ** 40, 20, 0],
  ];
  for (const [more, tip, less] of cases) {
    const o = await takeaway(3), intent = await begun(tokens.waiter, { order_id: o.id, tip_amount: 20 });
    const { flag, payment_id } = await told(card.captured(intent, { amount: intent.charge_amount + more }));
    assert.equal(flag, 'amount_differs');
    const payment = await readPayment(payment_id);
    assert.equal(payment.amount + payment.tip_amount, intent.charge_amount + more, 'all that came');
    assert.deepEqual([payment.tip_amount, payment.allocations[0].amount], [tip, o.total_amount + less]);
    assert.equal(await statusOf(o), less < 0 ? 'partially_paid' : 'paid');
  }
  // Of a share no more than the share.
  const o = await takeaway(3), intent = await begun(tokens.waiter, { order_id: o.id, amount: 50 });
  const payment = await readPayment((await told(card.captured(intent, { amount: 80 }))).payment_id);
  assert.deepEqual([payment.amount, payment.allocations[0].amount], [80, 50]);
  expectBooksToAgree();
});

test('another currency pays nothing', async () => {
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
  const { flag, payment_id } = await told(card.captured(intent, { currency: 'USD' }));
  assert.equal(flag, 'currency_differs');
  const payment = await readPayment(payment_id);
  assert.deepEqual([payment.currency, payment.amount, payment.allocations], ['USD', intent.amount, []]);
  assert.equal(await statusOf(o), 'unpaid');
});

test('an event\'s id may be any number', async () => {
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
  assert.equal((await told(card.captured(intent, { event_id: '4111111111111111' }))).status, 'recorded');
  assert.equal(await statusOf(o), 'paid');
});

test('unknown intents, providers and restaurants', async () => {
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
  expectProblem(await card.captured({ ...intent, id: randomUUID() }), 404, 'not_found');
  for (const path of ['/api/r/nobody/payments/webhook/card-pay', '/api/r/spice-garden/payments/webhook/nobody', '/api/r/spice-garden/payments/webhook/Card-Pay'])
    expectProblem(await card.captured(intent, {}, { path }), 404, 'not_found');
  // One provider's intent reported by another; the other restaurant's, whose secret differs, and whose name is the same.
  const second = new Provider(stack, 'second');
  expectStatus(await second.setUp(tokens.owner), 200);
  expectProblem(await second.captured(intent), 404, 'not_found');
  expectProblem(await there.provider.captured(intent), 404, 'not_found');
  expectProblem(await there.provider.captured(intent, {}, { path: card.path }), 401, 'invalid_signature');
  expectStatus(await del(stack, '/api/restaurant/providers/second', { token: there.owner }), 404);
  expectStatus(await del(stack, '/api/restaurant/providers/second', { token: tokens.owner }), 204);
  assert.deepEqual([intentStatus(intent), paymentsOf(intent)], ['pending', []]);
  expectProblem(await end(intent, there.owner), 404, 'not_found');
});

test('what is not signed rightly', async () => {
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
  const body = JSON.stringify(card.event(intent)), now = nowSeconds(), mac = macOf(card.secret, now, body);
  for (const signature of [null, '', 'x', mac, `t=${now}`, `v1=${mac}`, `t=${now},v1=${mac.slice(1)}`, `t=${now},v1=${mac}00`, `t=${now + 1},v1=${mac}`, `t=${now},t=${now},v1=${mac}`, `t=x,v1=${mac}`,
    card.header(`${body} `), card.header(body, { secret: newSecret() }), card.header(body, { secret: '' }), card.header(body, { time: now - 302 }), card.header(body, { time: now + 3600 }), card.header(body, { time: 0 }),
    there.provider.header(body)])
    expectProblem(await card.send(body, { signature }), 401, 'invalid_signature');
  // Before anything of the body is looked at.
  for (const bad of ['{}', '[]', '{"event_id":7}', JSON.stringify({ ...card.event(intent), x: 1 })]) expectProblem(await card.send(bad, { secret: newSecret() }), 401, 'invalid_signature');
  assert.deepEqual([intentStatus(intent), paymentsOf(intent)], ['pending', []]);
  const ok = `v1=${'0'.repeat(64)}, v1=${mac} ,t=${now}`;
  assert.equal((await told(card.send(body, { signature: ok }))).status, 'recorded');
  // Old, but not too old; and replayed once more while it is valid.
  const late = card.event(await begun(tokens.waiter, { order_id: (await takeaway()).id }));
  assert.equal((await told(card.send(late, { time: nowSeconds() - 290 }))).status, 'recorded');
  assert.equal((await told(card.send(late, { time: nowSeconds() - 290 }))).status, 'duplicate');
  expectProblem(await card.send(late, { time: nowSeconds() - 310 }), 401, 'invalid_signature');
});

test('events that are signed, and not right', async () => {
  const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
  for (const [field, values] of [['event_id', [undefined, '', 'x'.repeat(256), 7]], ['intent_id', [undefined, 'x', 7]], ['status', [undefined, 'paid', 'CAPTURED']], ['amount', [undefined, -1, 0, 1.5, '1', 2 ** 53]],
    ['currency', [undefined, 'inr', 'IN', 'INRX', 7]], ['provider_ref', ['x'.repeat(256), 7]], ['x', [1]]])
    for (const value of values) expectProblem(await card.captured(intent, { [field]: value }), 422, 'validation_failed', [`/${field}`]);
  for (const body of ['[]', '"x"']) expectProblem(await card.send(body), 422, 'validation_failed');
  assert.equal((await told(card.failed(intent, { amount: 0 }))).status, 'recorded');
  assert.deepEqual(paymentsOf(intent), []);
});

test('what a provider has signed is never refused for looking like a card number', async () => {
  for (const provider_ref of ['118aa303-72dd-4c44-bc56-9062363142c2', '613487213407', 'x 4111111111111111']) {
    const o = await takeaway(), intent = await begun(tokens.waiter, { order_id: o.id });
    const { status, payment_id: id } = await told(card.captured(intent, { provider_ref }));
    assert.deepEqual([status, (await readPayment(id)).provider_ref, await statusOf(o)], ['recorded', provider_ref, 'paid']);
  }
});

test('captured when its order has come to less: it pays what else is due, and only what is too much is flagged', async () => {
  const p = await party(0, 1, 2), [first, second] = p.orders;
  const off = (order, amount) => post(stack, `/api/orders/${order.id}/adjustments`, { token: tokens.manager, body: { kind: 'discount', amount, reason: 'late' } });
  const total = async () => expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill`, { token: tokens.waiter }), 200).json;
  const intent = await begun(p.diners[0].token, { ...p.body, amount: first.total_amount });
  expectStatus(await off(first, first.subtotal), 201);
  const { flag, payment_id: id } = await told(card.captured(intent));
  assert.deepEqual([flag, (await readPayment(id)).allocations.map((a) => a.order_id)], [null, [second.id]]);
  const { due, total_amount: all } = await total();
  assert.equal(due, all - first.total_amount);
  // More than is due of all of them.
  const rest = await begun(p.diners[1].token, p.body);
  assert.equal(rest.amount, due);
  expectStatus(await off(second, 100), 201);
  const { due: less } = await total();
  const last = await told(card.captured(rest));
  assert.deepEqual([last.flag, (await readPayment(last.payment_id)).allocations.map((a) => a.amount), (await total()).due], ['overpaid', [less], 0]);
});

test('captures, failures, ends, cash and a merger at once: everything adds up', async (t) => {
  const { below } = random(t);
  for (let round = 0; round < 6; round++) {
    const p = await party(0, 2, 1, 2), q = { ...(await openSession(stack, 1)) };
    await ordered(q.token);
    const intents = [];
    for (const d of p.diners) intents.push(await begun(d.token, { ...p.body, amount: Math.floor(p.total / 4) }));
    intents.push(await begun(tokens.waiter, { order_id: p.orders[0].id, amount: 1 }).catch(() => intents[0]));
    const doing = [], also = (name, answer, ...statuses) => doing.push(answer.then((a) => ({ name, a, ok: statuses.includes(a.status) })));
    const half = () => {
      for (const i of intents) {
        also('captured', card.captured(i), 200);
        if (below(2)) also('failed', card.failed(i), 200);
        if (below(2)) also('twice', card.captured(i, { provider_ref: `x${below(2)}` }), 200);
        if (below(2)) also('end', end(i, tokens.waiter), 204, 409);
      }
      also('cash', pay({ session_id: below(2) ? p.session.id : q.session.id, amount: 1 + below(p.total) }), 201, 409);
      also('begin', begin(p.diners[below(3)].token, { order_id: p.orders[below(3)].id }), 201, 409);
    };
    half();
    also('merge', post(stack, `/api/sessions/${p.session.id}/merge`, { token: tokens.waiter, body: { session_id: q.session.id } }), 200);
    half();
    const failed = (await Promise.all(doing)).filter(({ ok }) => !ok).map(({ name, a }) => `${name}: ${a.status} ${a.text}`);
    assert.deepEqual(failed, [], `round ${round}`);
    expectBooksToAgree();
    for (const i of intents) {
      assert.equal(intentStatus(i), 'captured');
      assert.equal(stack.sqlValue(`SELECT count(*) FROM payments WHERE intent_id = '${i.id}' AND provider_ref = '${refOf(i)}'`), '1');
    }
    assert.equal(stack.sqlValue(`SELECT count(*) FROM payments p JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
      JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id WHERE p.session_id <> o.session_id`), '0');
  }
});

test('nobody was rolled back for another; the log holds no secret, no signature and no 500', () => {
  assert.deepEqual(stack.deadlocks(), []);
  const log = JSON.stringify(stack.log());
  assert.deepEqual(stack.log().filter((l) => l.level === 'error' || l.status === 500), []);
  for (const text of [card.secret, there.provider.secret, 'v1=', 'evt_', '4111111111111111', 'x 4111']) assert.ok(!log.includes(text), text);
});
