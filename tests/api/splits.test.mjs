// A bill that is split stays split: shares that add up, and who has paid.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectProblem, expectStatus, get, joinSession, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { Provider } from './lib/provider.mjs';
import { random } from './lib/random.mjs';
import { shareStack } from './lib/shared.mjs';

let stack, tokens, soup, wine, card;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner', tax_rate_ppm = 0, cash_rounding = NULL`);
  tokens = {};
  for (const role of ['waiter', 'cashier', 'manager']) tokens[role] = await tokenOf(stack, role);
  const { byName } = await readMenu(stack);
  [soup, wine] = [byName['Tandoori Roti'], byName['Cola, 300 ml']];
  card = new Provider(stack, 'split-pay');
  expectStatus(await card.setUp(tokens.manager), 200);
});
after(() => stack?.stop());

const price = (item, amount, rate = 'NULL') => stack.sql(`UPDATE menu_items SET price = ${amount}, tax_rate_ppm = ${rate} WHERE id = '${item.id}'`);
const line = (item, quantity = 1) => ({ menu_item_id: item.id, quantity });
const ordered = async (token, items, fields = {}) => expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items, ...fields } }), 201).json;
const split = (table, body, token = tokens.waiter) => post(stack, `/api/sessions/${table.session.id}/split`, { token, body });
const made = async (table, body, token) => expectStatus(await split(table, body, token), 201).json.shares;
const shares = async (table) => expectStatus(await get(stack, `/api/sessions/${table.session.id}/split`, { token: table.token }), 200).json.shares;
const dues = async (table) => (await shares(table)).map((s) => s.due);
const bill = async (table) => expectStatus(await get(stack, `/api/sessions/${table.session.id}/bill`, { token: tokens.waiter }), 200).json;
const pay = (body, method = 'card') => post(stack, '/api/payments', { token: tokens.waiter, body: { method, ...body } });
const paid = async (body, method) => expectStatus(await pay(body, method), 201).json;
const adjusted = async (order, body) => expectStatus(await post(stack, `/api/orders/${order.id}/adjustments`, { token: tokens.manager, body: { reason: 'cold', ...body } }), 201).json;
let nextTable = 0;
async function party(...names) {
  const n = nextTable++ % stack.restaurant().tables.length;
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active' AND table_id = '${stack.restaurant().tables[n].id}'`);
  const first = await openSession(stack, n, { name: names[0] ?? 'Asha' });
  const diners = [first];
  for (const name of names.slice(1)) diners.push(await joinSession(stack, first.code, first.pin, { name }));
  return { ...first, diners };
}
/** The shares add up to the bill, and so does what is due. */
async function expectSum(table) {
  const list = await shares(table), b = await bill(table);
  assert.equal(list.reduce((sum, s) => sum + s.due - s.credit, 0), b.due - b.credit);
  return list;
}

test('of 100 by three, after 34 the others owe 33 and 33', async () => {
  const table = await party();
  price(soup, 100);
  await ordered(table.token, [line(soup)]);
  const [first, second, third] = await made(table, { by: 'equal', parts: 3 }, table.token);
  assert.deepEqual([first.amount, second.amount, third.amount], [34, 33, 33]);
  expectProblem(await pay({ session_id: table.session.id, amount: 34 }), 409, 'share_required');
  await paid({ share_id: first.id, amount: 34 });
  assert.deepEqual(await dues(table), [0, 33, 33]);
  expectProblem(await pay({ share_id: first.id, amount: 1 }), 409, 'overpaid');
  expectProblem(await pay({ share_id: second.id, amount: 34 }), 409, 'overpaid');
  await paid({ share_id: second.id, amount: 33 }, 'cash');
  await paid({ share_id: third.id, amount: 33 });
  assert.equal((await bill(table)).due, 0);
  expectStatus(await post(stack, `/api/sessions/${table.session.id}/close`, { token: tokens.waiter }), 200);
});

test('whoever has paid, in whatever order, the others owe what they owed', async (t) => {
  const { below } = random(t);
  for (const [total, parts] of [[100, 3], [1, 3], [2, 7], [1000, 7], [99999, 13], [Number(1 + below(100000)), 2 + below(9)]]) {
    const table = await party();
    price(soup, total);
    await ordered(table.token, [line(soup)]);
    const list = await made(table, { by: 'equal', parts });
    assert.deepEqual(list.map((s) => s.amount), Array.from({ length: parts }, (_, i) => Math.floor(total / parts) + (i < total % parts ? 1 : 0)), `${total} by ${parts}`);
    const owed = list.map((s) => s.amount);
    const left = list.map((_, i) => i).filter((i) => owed[i] > 0);
    while (left.length > 0) {
      const [i] = left.splice(below(left.length), 1);
      await paid({ share_id: list[i].id, amount: owed[i] }, ['card', 'cash'][below(2)]);
      owed[i] = 0;
      const now = await expectSum(table);
      assert.deepEqual(now.map((s) => s.due), owed, `${total} by ${parts}`);
      assert.deepEqual(now.map((s) => s.paid), list.map((s, k) => s.amount - owed[k]), 'who has paid');
    }
    expectStatus(await post(stack, `/api/sessions/${table.session.id}/close`, { token: tokens.waiter }), 200);
  }
});

test('each pays what is theirs; what is ordered later joins its guest\'s share', async () => {
  const table = await party('Asha', 'Bela'), [asha, bela] = table.diners;
  price(soup, 1000);
  await ordered(asha.token, [line(soup)]);
  await ordered(bela.token, [line(soup, 3)]);
  await ordered(tokens.waiter, [line(soup)], { session_id: table.session.id });
  const [a, b] = await made(table, { by: 'diner' });
  assert.deepEqual([[a.label, a.diner_id, a.amount], [b.label, b.diner_id, b.amount]], [['Asha', asha.diner.id, 1500], ['Bela', bela.diner.id, 3500]]);
  await paid({ share_id: b.id, amount: 3500 });
  assert.deepEqual(await dues(table), [1500, 0]);
  await ordered(asha.token, [line(soup)]);
  assert.deepEqual(await dues(table), [2500, 0]);
  await ordered(bela.token, [line(soup)]); // hers is paid: a second one
  const list = await expectSum(table);
  assert.deepEqual(list.map((s) => [s.diner_id, s.due]), [[asha.diner.id, 2500], [bela.diner.id, 0], [bela.diner.id, 1000]]);
  // Who joins later shares only what comes later.
  const chen = await joinSession(stack, table.code, table.pin, { name: 'Chen' });
  assert.equal((await shares(table)).length, 3);
  await ordered(chen.token, [line(soup)]);
  assert.deepEqual((await expectSum(table)).map((s) => s.due), [2500, 0, 1000, 1000]);
});

test('by item: pieces, and a bottle in parts; what nobody had is the rest', async () => {
  const table = await party();
  stack.sql(`UPDATE restaurants SET prices_include_tax = false, discount_reduces_tax = true`);
  price(soup, 1000, 100000);
  price(wine, 2000, 200000);
  const o = await ordered(tokens.cashier, [line(soup, 3), line(wine)], { session_id: table.session.id, tip_amount: 100, discount_amount: 500 });
  assert.equal(o.total_amount, 3000 + 2000 - 500 + 270 + 360 + 100);
  const [l1, l2] = o.items;
  const list = await made(table, { by: 'item', shares: [
    { label: 'Asha', items: [{ item_id: l1.id, quantity: 2 }, { item_id: l2.id, parts: 3 }] },
    { label: 'Bela', items: [{ item_id: l2.id, parts: 3 }] }] });
  assert.deepEqual(list.map((s) => s.label), ['Asha', 'Bela', 'rest']);
  assert.equal(list.reduce((sum, s) => sum + s.amount, 0), o.total_amount);
  // 2970 and 2160 of 5130 with tax; the tip in proportion: 3028 (57.89) and 2202 (42.11).
  assert.deepEqual(list.map((s) => s.amount), [1010 + 1009 + 734, 734, 1009 + 734 + (5230 - 3028 - 2202)]);
  for (const body of [
    { by: 'item', shares: [{ label: 'x', items: [{ item_id: randomUUID() }] }] },
    { by: 'item', shares: [{ label: 'x', items: [{ item_id: l1.id, quantity: 4 }] }] },
    { by: 'item', shares: [{ label: 'x', items: [{ item_id: l1.id, quantity: 2 }, { item_id: l1.id, quantity: 2 }] }] },
    { by: 'item', shares: [{ label: 'x', items: [{ item_id: l2.id, parts: 2 }, { item_id: l2.id, parts: 3 }] }] },
    { by: 'item', shares: [{ label: '', items: [{ item_id: l1.id }] }] },
    { by: 'item', shares: [] }, { by: 'item' }, { by: 'equal' }, { by: 'equal', parts: 0 }, { by: 'equal', parts: 101 }, { by: 'diner', parts: 2 }, { by: 'x' }, {},
  ]) expectProblem(await split(table, body), 422, 'validation_failed');
  expectProblem(await split(table, { by: 'item', shares: [{ label: 'left', items: [{ item_id: l1.id }] }, { label: '4111-1111-1111-1111', items: [{ item_id: l2.id }] }] }),
    422, 'card_number_rejected', ['/shares/1/label']);
  assert.deepEqual((await shares(table)).map((s) => s.id), list.map((s) => s.id), 'what was refused changed nothing');
  stack.sql('UPDATE restaurants SET tax_rate_ppm = 0');
});

test('less on the bill comes off the unpaid shares alike, then off the paid ones as credit', async () => {
  const table = await party();
  price(soup, 100);
  const o = await ordered(table.token, [line(soup, 3)]);
  const [first] = await made(table, { by: 'equal', parts: 3 });
  await paid({ share_id: first.id, amount: 100 });
  await adjusted(o, { kind: 'discount', amount: 30 });
  assert.deepEqual((await expectSum(table)).map((s) => [s.amount, s.due, s.credit]), [[100, 0, 0], [85, 85, 0], [85, 85, 0]]);
  await adjusted(o, { kind: 'discount', amount: 200 });
  assert.deepEqual((await expectSum(table)).map((s) => [s.amount, s.due, s.credit]), [[70, 0, 30], [0, 0, 0], [0, 0, 0]]);
  assert.equal((await bill(table)).credit, 30);
});

test('what staff enter for a guest joins that guest\'s share, what they enter for the table everybody\'s', async () => {
  const table = await party('Asha', 'Bela'), [asha, bela] = table.diners;
  price(soup, 1000);
  await ordered(asha.token, [line(soup)]);
  await made(table, { by: 'diner' });
  for (const [fields, due] of [[{ session_id: table.session.id, diner_id: bela.diner.id }, [1000, 1000]],
    [{ table_id: table.session.table_id, diner_id: asha.diner.id }, [2000, 1000]], [{ session_id: table.session.id }, [2500, 1500]]]) {
    await ordered(tokens.waiter, [line(soup)], fields);
    assert.deepEqual((await expectSum(table)).map((s) => s.due), due);
  }
});

test('a service charge that is waived comes off every share it was in, not off one guest\'s', async () => {
  stack.sql('UPDATE restaurants SET service_charge_ppm = 100000');
  try {
    price(soup, 1000);
    const waive = (order) => adjusted(order, { kind: 'service_charge_waived' });
    for (const of of [0, 1, 2]) { // whichever order it is asked for
      const table = await party('Asha', 'Bela'), [asha, bela] = table.diners;
      const orders = [await ordered(asha.token, [line(soup)]), await ordered(bela.token, [line(soup)]), await ordered(tokens.waiter, [line(soup)], { session_id: table.session.id })];
      assert.deepEqual((await made(table, { by: 'diner' })).map((s) => s.amount), [1650, 1650]);
      await waive(orders[of]);
      assert.deepEqual((await expectSum(table)).map((s) => [s.due, s.credit]), [[1500, 0], [1500, 0]], `order ${of}`);
      // What comes later has none.
      await ordered(bela.token, [line(soup)]);
      assert.deepEqual((await expectSum(table)).map((s) => s.due), [1500, 2500]);
    }
    // Off those that are not paid first; beyond these it is credit of the others.
    const table = await party('Asha', 'Bela', 'Chen'), [asha, bela] = table.diners;
    const first = await ordered(asha.token, [line(soup, 6)]);
    await ordered(bela.token, [line(soup)]);
    const list = await made(table, { by: 'diner' });
    assert.deepEqual(list.map((s) => s.amount), [6600, 1100, 0]);
    await paid({ share_id: list[0].id, amount: 6600 });
    await waive(first);
    assert.deepEqual((await expectSum(table)).map((s) => [s.due, s.credit]), [[0, 0], [400, 0], [0, 0]]);
  } finally {
    stack.sql('UPDATE restaurants SET service_charge_ppm = 0');
  }
});

test('splitting again divides what is left; a split of which nothing is paid may be ended', async () => {
  const table = await party('Asha', 'Bela');
  price(soup, 100);
  await ordered(table.token, [line(soup)]);
  expectProblem(await get(stack, `/api/sessions/${table.session.id}/split`, { token: table.token }), 404, 'not_found');
  expectProblem(await del(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter }), 404, 'not_found');
  await made(table, { by: 'equal', parts: 4 });
  expectProblem(await del(stack, `/api/sessions/${table.session.id}/split`, { token: table.token }), 403, 'insufficient_role');
  expectStatus(await del(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter }), 204);
  await paid({ session_id: table.session.id, amount: 10 });
  const [one] = await made(table, { by: 'equal', parts: 3 });
  assert.deepEqual(await dues(table), [30, 30, 30]);
  await paid({ share_id: one.id, amount: 20 });
  expectProblem(await del(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter }), 409, 'split_paid');
  const list = await made(table, { by: 'diner' });
  assert.deepEqual(list.map((s) => [s.label, s.paid, s.due]), [['1', 20, 0], ['Asha', 0, 70], ['Bela', 0, 0]]);
  await expectSum(table);
  await paid({ share_id: list[1].id, amount: 70 });
  expectProblem(await split(table, { by: 'equal', parts: 2 }), 409, 'nothing_due');
});

test('by item again: what a share has paid is not divided again, whole, in pieces or in parts', async () => {
  const table = await party('Asha', 'Bela');
  price(soup, 1000);
  price(wine, 300);
  const order = await ordered(table.token, [line(soup), line(wine, 3)]);
  const [dish, drinks] = order.items.map((i) => i.id);
  const [first] = await made(table, { by: 'item', shares: [{ label: 'dish and one', items: [{ item_id: dish }, { item_id: drinks, quantity: 1 }] }] });
  assert.deepEqual(await dues(table), [1300, 600]);
  await paid({ share_id: first.id, amount: 1300 });
  // The dish is paid, and so is one of the drinks; the others cost what they did.
  expectProblem(await split(table, { by: 'item', shares: [{ label: 'again', items: [{ item_id: dish }] }] }), 422, 'validation_failed', ['/shares/0/items/0/item_id']);
  expectProblem(await split(table, { by: 'item', shares: [{ label: 'too many', items: [{ item_id: drinks, quantity: 3 }] }] }), 422, 'validation_failed', ['/shares/0/items/0/item_id']);
  const half = await made(table, { by: 'item', shares: [{ label: 'one', items: [{ item_id: drinks, quantity: 1 }] }, { label: 'half', items: [{ item_id: drinks, parts: 2 }] }] });
  assert.deepEqual(half.map((s) => [s.label, s.due]), [['dish and one', 0], ['one', 300], ['half', 150], ['rest', 150]]);
  await paid({ share_id: half[2].id, amount: 150 });
  await paid({ share_id: half[1].id, amount: 100 });
  // Of what is paid in part, the part that is left.
  const last = await made(table, { by: 'item', shares: [{ label: 'all', items: [{ item_id: drinks }] }] });
  assert.deepEqual(last.filter((s) => s.due > 0).map((s) => [s.label, s.due]), [['all', 350]]);
  await paid({ share_id: last.at(-1).id, amount: 350 });
  assert.deepEqual((await expectSum(table)).map((s) => s.due), last.map(() => 0));
  assert.equal((await bill(table)).due, 0);
});

test('by item again: a share that paid a part, one that owed less than its items, and what is left of a line', async () => {
  price(soup, 1000);
  price(wine, 300);
  const item = (order, i, more = {}) => ({ item_id: order.items[i].id, ...more });
  const open = (list) => list.filter((s) => s.due > 0).map((s) => [s.label, s.due]);
  // 400 of 1000 are paid: the rest of the soup is divided again, however often.
  let table = await party('Asha', 'Bela'), order = await ordered(table.token, [line(soup), line(wine)]);
  const [first] = await made(table, { by: 'item', shares: [{ label: 'A', items: [item(order, 0)] }] });
  await paid({ share_id: first.id, amount: 400 });
  await made(table, { by: 'equal', parts: 2 });
  assert.deepEqual(open(await made(table, { by: 'item', shares: [{ label: 'B', items: [item(order, 0)] }] })), [['B', 600], ['rest', 300]]);
  assert.deepEqual(open(await made(table, { by: 'item', shares: [{ label: 'C', items: [item(order, 0, { parts: 2 })] }, { label: 'D', items: [item(order, 0, { parts: 2 })] }] })), [['C', 300], ['D', 300], ['rest', 300]]);
  // What the rest had is paid with it.
  table = await party('Asha', 'Bela');
  order = await ordered(table.token, [line(soup), line(wine, 3)]);
  const [, rest] = await made(table, { by: 'item', shares: [{ label: 'A', items: [item(order, 0), item(order, 1, { quantity: 1 })] }] });
  assert.deepEqual(rest.items, [{ item_id: order.items[1].id, quantity: 2 }]);
  await paid({ share_id: rest.id, amount: 600 });
  assert.deepEqual(open(await made(table, { by: 'item', shares: [{ label: 'A', items: [item(order, 0)] }, { label: 'B', items: [item(order, 1)] }] })), [['A', 1000], ['B', 300]]);
  // Half was paid before: each owes half of the own dish, and who has paid that has paid it.
  table = await party('Asha', 'Bela');
  order = await ordered(table.token, [line(soup), line(soup)]);
  await paid({ session_id: table.session.id, amount: 1000 });
  const [asha] = await made(table, { by: 'item', shares: [{ label: 'A', items: [item(order, 0)] }, { label: 'B', items: [item(order, 1)] }] });
  assert.deepEqual(await dues(table), [500, 500]);
  await paid({ share_id: asha.id, amount: 500 });
  assert.deepEqual(open(await made(table, { by: 'item', shares: [{ label: 'B', items: [item(order, 1)] }] })), [['B', 500]]);
  await expectSum(table);
});

test('what one holds of a share, in coins, nobody else can pay', async () => {
  stack.sql('UPDATE restaurants SET cash_rounding = 100, round_all_methods = true');
  try {
    const table = await party('Asha', 'Bela');
    price(soup, 1060);
    await ordered(table.token, [line(soup)]);
    const [one] = await made(table, { by: 'equal', parts: 1 });
    const begin = (token) => post(stack, '/api/payments/intents', { token, body: { provider: 'split-pay', share_id: one.id } });
    const intent = expectStatus(await begin(table.diners[0].token), 201).json;
    assert.deepEqual([intent.amount, intent.rounding_amount], [1100, 40]);
    expectProblem(await begin(table.diners[1].token), 409, 'nothing_due');
    stack.sql(`UPDATE menu_items SET price = 1040 WHERE id = '${soup.id}'`);
    const other = await party('Asha', 'Bela');
    await ordered(other.token, [line(soup)]);
    const [two] = await made(other, { by: 'equal', parts: 1 });
    expectStatus(await post(stack, '/api/payments/intents', { token: other.diners[0].token, body: { provider: 'split-pay', share_id: two.id } }), 201);
    expectProblem(await post(stack, '/api/payments/intents', { token: other.diners[1].token, body: { provider: 'split-pay', share_id: two.id } }), 409, 'nothing_due');
    expectProblem(await pay({ share_id: two.id, amount: 40 }), 409, 'overpaid');
  } finally {
    stack.sql('UPDATE restaurants SET cash_rounding = NULL, round_all_methods = false');
  }
});

test('split by guest again, who paid for what is nobody\'s does not pay it twice', async () => {
  const table = await party('Asha', 'Bela');
  price(soup, 1000);
  await ordered(tokens.waiter, [line(soup)], { session_id: table.session.id });
  const [asha] = await made(table, { by: 'diner' });
  await paid({ share_id: asha.id, amount: 500 });
  await ordered(table.token, [line(soup)]);
  const again = (await made(table, { by: 'diner' })).filter((s) => s.due > 0);
  assert.deepEqual(again.map((s) => [s.label, s.due]), [['Asha', 1000], ['Bela', 500]]);
});

test('a share\'s money is of what it is for: its items\' orders, its guest\'s, then what is nobody\'s', async () => {
  const allocated = (payment) => payment.allocations.map((a) => [a.order_id, a.amount]).sort();
  const table = await party('Asha', 'Bela'), [asha, bela] = table.diners;
  price(soup, 100);
  price(wine, 30);
  // By item: Bela's drink, though Asha ordered first.
  const dish = await ordered(asha.token, [line(soup)]), drink = await ordered(bela.token, [line(wine)]);
  const item = (order) => ({ item_id: order.items[0].id });
  const [his] = await made(table, { by: 'item', shares: [{ label: 'B', items: [item(drink)] }, { label: 'A', items: [item(dish)] }] });
  const payment = await paid({ share_id: his.id, amount: 30 });
  assert.deepEqual(allocated(payment), [[drink.id, 30]]);
  expectProblem(await put(stack, `/api/orders/${drink.id}`, { token: bela.token, body: { status: 'cancelled' } }), 409, 'order_paid');
  // The dish that is left can be divided by items again.
  const again = await made(table, { by: 'item', shares: [{ label: 'a1', items: [{ ...item(dish), parts: 2 }] }, { label: 'a2', items: [{ ...item(dish), parts: 2 }] }] });
  assert.deepEqual(again.filter((s) => s.due > 0).map((s) => [s.label, s.due]), [['a1', 50], ['a2', 50]]);
  // By guest: what is nobody's before what is another guest's.
  const other = await party('Asha', 'Bela');
  const own = await ordered(other.diners[0].token, [line(soup)]), theirs = await ordered(other.diners[1].token, [line(wine)]);
  const common = await ordered(tokens.waiter, [line(soup)], { session_id: other.session.id });
  const [hers] = await made(other, { by: 'diner' });
  assert.deepEqual(allocated(await paid({ share_id: hers.id, amount: 150 })), [[own.id, 100], [common.id, 50]].sort());
  expectStatus(await put(stack, `/api/orders/${theirs.id}`, { token: other.diners[1].token, body: { status: 'cancelled' } }), 200);
});

test('who has paid what was asked is asked for no more, whoever else has paid', async () => {
  const table = await party('Asha', 'Bela', 'Chen');
  price(soup, 100);
  await ordered(tokens.waiter, [line(soup)], { session_id: table.session.id });
  const parts = async () => expectStatus(await get(stack, `/api/sessions/${table.session.id}/bill?split=diner`, { token: table.token }), 200).json.shares.map((s) => s.amount);
  await paid({ session_id: table.session.id, amount: 50 }); // for all
  assert.deepEqual(await parts(), [17, 17, 16]);
  await paid({ session_id: table.session.id, diner_id: table.diner.id, amount: 17 });
  assert.deepEqual(await parts(), [0, 17, 16]);
  assert.deepEqual((await made(table, { by: 'diner' })).map((s) => s.due), [0, 17, 16]);
});

test('who was sent away shares nothing that comes later', async () => {
  const table = await party('Asha', 'Bela'), [asha, bela] = table.diners;
  price(soup, 100);
  price(wine, 30);
  await ordered(asha.token, [line(soup)]);
  await ordered(bela.token, [line(wine)]);
  const list = await made(table, { by: 'diner' });
  await paid({ share_id: list[1].id, amount: 30 });
  expectStatus(await del(stack, `/api/sessions/${table.session.id}/diners/${bela.diner.id}`, { token: tokens.waiter }), 200);
  await ordered(tokens.waiter, [line(soup)], { session_id: table.session.id });
  assert.deepEqual((await expectSum(table)).map((s) => [s.label, s.due]), [['Asha', 200], ['Bela', 0]]);
  // Nor in the preview, nor when the bill is split again.
  const preview = expectStatus(await get(stack, `/api/sessions/${table.session.id}/bill?split=diner`, { token: asha.token }), 200).json.shares;
  assert.deepEqual(preview.map((s) => [s.display_name, s.amount]), [['Asha', 200], ['Bela', 0]]);
  assert.deepEqual((await made(table, { by: 'diner' })).filter((s) => s.due > 0).map((s) => [s.label, s.due]), [['Asha', 200]]);
});

test('by item, what nobody had comes off the rest; tax is of the price before a discount that does not lower it', async () => {
  const table = await party();
  price(soup, 300);
  price(wine, 500);
  const order = await ordered(table.token, [line(soup), line(wine)]), [dish, bottle] = order.items;
  await made(table, { by: 'item', shares: [{ label: 'p', items: [{ item_id: dish.id }] }] });
  assert.deepEqual(await dues(table), [300, 500]);
  await adjusted(order, { kind: 'void', item_id: bottle.id });
  assert.deepEqual((await expectSum(table)).map((s) => s.due), [300, 0]);
  const later = await ordered(table.token, [line(wine)]);
  assert.deepEqual(await dues(table), [300, 500]);
  await adjusted(later, { kind: 'void', item_id: later.items[0].id });
  assert.deepEqual((await expectSum(table)).map((s) => s.due), [300, 0]);
  stack.sql('UPDATE restaurants SET discount_reduces_tax = false');
  try {
    const other = await party();
    price(soup, 1000, 100000);
    price(wine, 1000, 200000);
    const both = await ordered(other.token, [line(soup), line(wine)]);
    await adjusted(both, { kind: 'discount', amount: 1000 });
    await made(other, { by: 'item', shares: both.items.map((i) => ({ label: i.name, items: [{ item_id: i.id }] })) });
    assert.deepEqual(await dues(other), [600, 700]);
  } finally {
    stack.sql('UPDATE restaurants SET discount_reduces_tax = true');
  }
});

test('money that is held keeps a bill from being split; a late capture is for the rest', async () => {
  const table = await party();
  price(soup, 100);
  await ordered(table.token, [line(soup)]);
  const begin = (body) => post(stack, '/api/payments/intents', { token: table.token, body: { provider: card.name, ...body } });
  const late = expectStatus(await begin({ session_id: table.session.id, amount: 40 }), 201).json;
  const held = expectStatus(await get(stack, `/api/payments/intents?session_id=${table.session.id}`, { token: tokens.waiter }), 200).json.data;
  assert.deepEqual(held.map((i) => [i.id, i.amount]), [[late.id, 40]]);
  expectProblem(await split(table, { by: 'equal', parts: 2 }), 409, 'payment_held');
  expectStatus(await del(stack, `/api/payments/intents/${late.id}`, { token: tokens.waiter }), 204);
  const [one, two] = await made(table, { by: 'equal', parts: 2 });
  expectProblem(await begin({ session_id: table.session.id }), 409, 'share_required');
  const own = expectStatus(await begin({ share_id: one.id }), 201).json;
  assert.deepEqual([own.amount, own.share_id], [50, one.id]);
  expectProblem(await pay({ share_id: one.id, amount: 1 }), 409, 'overpaid');
  expectStatus(await card.captured(own), 200);
  assert.deepEqual(await dues(table), [0, 50]);
  expectStatus(await card.captured(late), 200);
  const list = await expectSum(table);
  assert.deepEqual([list.find((s) => s.id === two.id).due, (await bill(table)).due], [10, 10]);
});

test('Switzerland: three thirds of 10.00 in cash are 3.35 each', async () => {
  const table = await party();
  stack.sql('UPDATE restaurants SET cash_rounding = 5');
  price(soup, 1000);
  await ordered(table.token, [line(soup)]);
  for (const s of await made(table, { by: 'equal', parts: 3 })) await paid({ share_id: s.id, amount: 335 }, 'cash');
  assert.deepEqual([(await bill(table)).due, (await bill(table)).rounding_amount], [0, 5]);
  stack.sql('UPDATE restaurants SET cash_rounding = NULL');
});

test('coins do not settle what somebody else is paying', async () => {
  const table = await party();
  stack.sql('UPDATE restaurants SET cash_rounding = 5');
  try {
    price(soup, 1002);
    await ordered(table.token, [line(soup)]);
    const begin = (body) => post(stack, '/api/payments/intents', { token: table.token, body: { provider: card.name, ...body } });
    const intent = expectStatus(await begin({ session_id: table.session.id, amount: 1000 }), 201).json;
    expectProblem(await pay({ session_id: table.session.id, amount: 0 }, 'cash'), 422, 'validation_failed', ['/amount']);
    expectStatus(await card.captured(intent), 200);
    assert.equal((await paid({ session_id: table.session.id, amount: 0 }, 'cash')).rounding_amount, -2);
    assert.equal((await bill(table)).due, 0);
  } finally {
    stack.sql('UPDATE restaurants SET cash_rounding = NULL');
  }
});

test('refunds and voids are of the share that was paid', async () => {
  const table = await party();
  price(soup, 100);
  await ordered(table.token, [line(soup, 2)]);
  const [one, two] = await made(table, { by: 'equal', parts: 2 });
  const p = await paid({ share_id: one.id, amount: 100 }), q = await paid({ share_id: two.id, amount: 100 });
  expectStatus(await post(stack, `/api/payments/${p.id}/refunds`, { token: tokens.cashier, body: { amount: 40, reason: 'cold' } }), 201);
  assert.deepEqual((await expectSum(table)).map((s) => [s.amount, s.paid]), [[60, 60], [100, 100]]);
  expectStatus(await post(stack, `/api/payments/${p.id}/refunds`, { token: tokens.cashier, body: { amount: 10, reason: 'wrong', reopens_due: true } }), 201);
  assert.deepEqual((await expectSum(table)).map((s) => [s.amount, s.paid, s.due]), [[60, 50, 10], [100, 100, 0]]);
  expectStatus(await post(stack, `/api/payments/${q.id}/void`, { token: tokens.cashier, body: { reason: 'another card' } }), 200);
  assert.deepEqual(await dues(table), [10, 100]);
});

test('money from before the split is of no share', async () => {
  const table = await party();
  price(soup, 100);
  const o = await ordered(table.token, [line(soup, 2)]);
  const before = await paid({ session_id: table.session.id, amount: 80 });
  const [one] = await made(table, { by: 'equal', parts: 2 });
  await paid({ share_id: one.id, amount: 60 });
  // It never was: nobody's share is opened again for it.
  expectStatus(await post(stack, `/api/payments/${before.id}/void`, { token: tokens.cashier, body: { reason: 'wrong table' } }), 200);
  assert.deepEqual((await expectSum(table)).map((s) => [s.label, s.paid, s.due]), [['1', 60, 0], ['2', 0, 60], ['rest', 0, 80]]);
  await adjusted(o, { kind: 'discount', amount: 170 });
  assert.deepEqual((await expectSum(table)).map((s) => [s.due, s.credit]), [[0, 30], [0, 0], [0, 0]]);
  // More than the shares come to: what was paid before is the rest's to have back.
  const other = await party(), later = await ordered(other.token, [line(soup)]);
  const early = await paid({ session_id: other.session.id, amount: 80 });
  await made(other, { by: 'equal', parts: 2 });
  await adjusted(later, { kind: 'discount', amount: 30 });
  assert.deepEqual((await expectSum(other)).map((s) => [s.label, s.due, s.credit]), [['1', 0, 0], ['2', 0, 0], ['rest', 0, 10]]);
  expectStatus(await post(stack, `/api/payments/${early.id}/refunds`, { token: tokens.cashier, body: { amount: 10, reason: 'too much' } }), 201);
  assert.deepEqual((await expectSum(other)).map((s) => s.credit), [0, 0, 0]);
});

test('split again, it is as it was split last', async () => {
  const table = await party('Asha', 'Bela'), [asha, bela] = table.diners;
  price(soup, 100);
  await ordered(asha.token, [line(soup)]);
  await ordered(bela.token, [line(soup)]);
  const [one] = await made(table, { by: 'equal', parts: 4 });
  await paid({ share_id: one.id, amount: 50 });
  await made(table, { by: 'diner' });
  assert.equal(expectStatus(await get(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter }), 200).json.by, 'diner');
  await ordered(bela.token, [line(soup)]);
  assert.deepEqual((await expectSum(table)).map((s) => [s.label, s.due]), [['1', 0], ['Asha', 50], ['Bela', 200]]);
});

test('by item, what goes comes off who had it', async () => {
  const table = await party(), other = await party();
  price(soup, 100);
  price(wine, 300);
  const a = await ordered(table.token, [line(soup)]), b = await ordered(table.token, [line(wine)]), c = await ordered(table.token, [line(wine), line(soup)]);
  await made(table, { by: 'item', shares: [{ label: 'a', items: [{ item_id: a.items[0].id }] }, { label: 'b', items: [{ item_id: b.items[0].id }] },
    { label: 'c', items: c.items.map((i) => ({ item_id: i.id })) }] });
  assert.deepEqual(await dues(table), [100, 300, 400]);
  expectStatus(await put(stack, `/api/orders/${b.id}`, { token: tokens.manager, body: { status: 'cancelled' } }), 200);
  assert.deepEqual(await dues(table), [100, 0, 400]);
  await adjusted(c, { kind: 'discount', amount: 40 });
  assert.deepEqual(await dues(table), [100, 0, 360]);
  expectStatus(await post(stack, `/api/orders/${c.id}/transfer`, { token: tokens.waiter, body: { session_id: other.session.id, items: [{ item_id: c.items[1].id }], reason: 'theirs' } }), 201);
  assert.deepEqual(await dues(table), [100, 0, 260]);
});

test('a merger brings its shares along', async () => {
  const p = await party('Asha'), q = await party('Bela');
  price(soup, 100);
  await ordered(p.token, [line(soup)]);
  await ordered(q.token, [line(soup)]);
  const [one] = await made(p, { by: 'equal', parts: 2 });
  await paid({ share_id: one.id, amount: 50 });
  expectStatus(await post(stack, `/api/sessions/${p.session.id}/merge`, { token: tokens.waiter, body: { session_id: q.session.id } }), 200);
  assert.deepEqual((await expectSum(q)).map((s) => [s.label, s.due]), [['1', 0], ['2', 50], ['rest', 100]]);
});

test('other tables, other restaurants', async () => {
  const p = await party('Asha'), q = await party('Bela');
  price(soup, 100);
  await ordered(p.token, [line(soup)]);
  expectProblem(await split(p, { by: 'diner' }, q.token), 404, 'not_found');
  expectProblem(await split({ session: { id: randomUUID() } }, { by: 'diner' }), 404, 'not_found');
  const [one] = await made(p, { by: 'diner' });
  expectProblem(await get(stack, `/api/sessions/${p.session.id}/split`, { token: q.token }), 404, 'not_found');
  expectProblem(await pay({ share_id: randomUUID(), amount: 1 }), 422, 'validation_failed', ['/share_id']);
  expectProblem(await pay({ share_id: one.id, session_id: p.session.id, amount: 1 }), 422, 'validation_failed', ['/share_id']);
  expectProblem(await post(stack, '/api/payments/intents', { token: q.token, body: { provider: card.name, share_id: one.id } }), 422, 'validation_failed', ['/share_id']);
});

test('random evenings: shares, orders and payments go on adding up', async (t) => {
  const { below, from } = random(t);
  price(soup, 333);
  price(wine, 1001);
  for (let round = 0; round < 10; round++) {
    const table = await party('Asha', 'Bela', 'Chen'), orders = [];
    orders.push(await ordered(table.token, [line(soup, 1 + below(3)), line(wine)]));
    await split(table, { by: from(['diner', 'equal']), parts: undefined }).then((a) => (a.status === 201 ? a : split(table, { by: 'equal', parts: 1 + below(5) })));
    for (let i = 0; i < 12; i++) {
      const list = await expectSum(table), s = from(list), o = from(orders);
      await from([
        async () => orders.push(await ordered(from(table.diners).token, [line(from([soup, wine]), 1 + below(2))])),
        async () => orders.push(await ordered(tokens.waiter, [line(soup)], { session_id: table.session.id })),
        () => pay({ share_id: s.id, amount: Math.max(1, s.due) }),
        () => pay({ share_id: s.id, amount: 1 + below(500) }),
        () => post(stack, `/api/orders/${o.id}/adjustments`, { token: tokens.manager, body: { kind: 'void', item_id: from(o.items).id, reason: 'x' } }),
        () => post(stack, `/api/orders/${o.id}/adjustments`, { token: tokens.manager, body: { kind: 'discount', amount: 1 + below(400), reason: 'x' } }),
        () => put(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { status: 'cancelled', reason: 'x' } }),
        () => split(table, { by: 'equal', parts: 1 + below(4) }),
        () => split(table, { by: 'diner' }),
      ])();
    }
    await expectSum(table);
    for (const s of await shares(table)) if (s.due > 0) await paid({ share_id: s.id, amount: s.due });
    assert.equal((await bill(table)).due, 0);
  }
});
