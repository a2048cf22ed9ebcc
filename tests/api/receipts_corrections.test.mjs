// What was issued does not change: credit notes say what became of it, and with them receipts
// always add up to the bill, whatever happens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { del, expectProblem, expectStatus, get, joinSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { Provider } from './lib/provider.mjs';
import { random } from './lib/random.mjs';
import { Receipts } from './lib/receipts.mjs';
import { shareStack } from './lib/shared.mjs';

let stack, tokens, soup, wine, kit, card;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['waiter', 'cashier', 'manager']) tokens[role] = await tokenOf(stack, role);
  const { byName } = await readMenu(stack);
  [soup, wine] = [byName['Tandoori Roti'], byName['Cola, 300 ml']];
  kit = new Receipts(stack, tokens);
  card = new Provider(stack, 'receipt-pay');
  expectStatus(await card.setUp(tokens.manager), 200);
});
after(() => stack?.stop());

const line = (item, quantity = 1) => ({ menu_item_id: item.id, quantity });
const india = { tax_rate_ppm: 50000, tax_parts: `'[{"name": "CGST", "share_ppm": 500000}, {"name": "SGST", "share_ppm": 500000}]'` };
const cancel = async (order) => expectStatus(await put(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { status: 'cancelled', reason: 'gone' } }), 200);
const merge = (from, into) => post(stack, `/api/sessions/${from.session.id}/merge`, { token: tokens.waiter, body: { session_id: into.session.id } });

test('a dish that is voided later is a credit note with a number of its own', async () => {
  const table = await kit.party(india);
  kit.price(soup, 1000);
  kit.price(wine, 505);
  const order = await kit.order(table.token, [line(soup, 2), line(wine)]);
  const receipt = await kit.issue(table);
  assert.deepEqual([receipt.kind, receipt.total_amount, receipt.tax_amount], ['receipt', 2631, 126]);
  await kit.adjust(order, { kind: 'void', item_id: order.items[1].id });
  const [first, note, ...more] = await kit.expectSum(table);
  assert.deepEqual([first.id, more], [receipt.id, []]);
  assert.deepEqual(first, receipt); // as it was
  assert.match(note.reference, /^C\d{4}-\d{6}$/);
  assert.deepEqual(note.corrects, { id: receipt.id, reference: receipt.reference, issued_local: receipt.issued_local });
  assert.deepEqual([note.kind, note.draft, note.subtotal, note.total_amount, note.reason, note.due, note.payments], ['credit_note', false, -505, -531, 'cold', 0, []]);
  assert.deepEqual(note.taxes, [{ rate_ppm: 50000, taxable: -505, amount: -26, parts: [{ name: 'CGST', rate_ppm: 25000, amount: -13 }, { name: 'SGST', rate_ppm: 25000, amount: -13 }] }]);
  assert.deepEqual(note.orders.map((o) => [o.id, o.items, o.adjustments.map((a) => [a.kind, a.name, a.quantity, a.reason, a.amount])]),
    [[order.id, [], [['void', wine.name, 1, 'cold', -531]]]]);
  assert.equal(stack.sqlValue(`SELECT staff_id IS NOT NULL FROM receipts WHERE id = '${note.id}'`), 't');

  await kit.adjust(order, { kind: 'discount', amount: 100 });
  const [, , second] = await kit.expectSum(table);
  assert.deepEqual(second.orders[0].adjustments.map((a) => a.kind), ['discount']); // what the first listed is not listed again
  assert.equal(second.corrects.id, receipt.id);
});

test('an order that is cancelled is credited in full; what others of its table bear then, too', async () => {
  const table = await kit.party(), orders = [];
  kit.price(soup, 104);
  for (let i = 0; i < 7; i++) orders.push(await kit.order(table.token, [line(soup)])); // their tax is rounded over the table
  const receipts = [];
  for (const order of orders) receipts.push(await kit.issueOrder(order));
  await kit.expectSum(table);
  for (const order of orders.slice(0, 3)) await cancel(order);
  const documents = await kit.expectSum(table);
  for (let i = 0; i < 3; i++) {
    const mine = documents.filter((d) => d.id === receipts[i].id || d.corrects?.id === receipts[i].id);
    assert.equal(kit.sum(mine).total_amount, 0);
    assert.deepEqual(kit.sum(mine).taxes, []);
  }
  assert.equal((await kit.bill(table)).tax_amount, 42);
  expectProblem(await kit.askForOrder(orders[0]), 409, 'order_cancelled');
  expectProblem(await kit.askForOrder(orders[4]), 409, 'already_receipted');
});

test('what needs no credit note gets none', async () => {
  const table = await kit.party();
  kit.price(soup, 1000);
  const order = await kit.order(table.token, [line(soup, 2)]), other = await kit.order(table.token, [line(soup)]);
  await kit.issueOrder(order);
  await kit.adjust(other, { kind: 'comp', item_id: other.items[0].id }); // it has no receipt
  const payment = await kit.pay({ order_id: order.id, amount: 2200, tip_amount: 100 });
  await kit.refund(payment, { amount: 500, reopens_due: true }); // the sale stands
  await kit.pay({ order_id: order.id, amount: 500 });
  await kit.order(table.token, [line(soup)]);
  assert.equal((await kit.of(table)).length, 1);
});

test('money that is given back with the sale is credited, when the provider says so', async () => {
  const table = await kit.party({ prices_include_tax: true });
  kit.price(soup, 1100);
  await kit.order(table.token, [line(soup, 2)]);
  const intent = expectStatus(await post(stack, '/api/payments/intents', { token: tokens.waiter, body: { session_id: table.session.id, provider: card.name } }), 201).json;
  expectStatus(await card.captured(intent), 200);
  const receipt = await kit.issue(table);
  assert.deepEqual([receipt.paid, receipt.due, receipt.payments.length], [2200, 0, 1]);
  const payment = expectStatus(await get(stack, `/api/payments?session_id=${table.session.id}`, { token: tokens.waiter }), 200).json.data[0];
  const { refunds: [refund] } = await kit.refund(payment, { amount: 550 });
  assert.equal((await kit.of(table)).length, 1); // it is pending
  expectStatus(await card.refunded(intent, refund), 200);
  const [, note] = await kit.expectSum(table);
  assert.deepEqual([note.total_amount, note.tax_amount, note.reason], [-550, -50, 'wrong']);
  assert.equal(stack.sqlValue(`SELECT staff_id IS NULL FROM receipts WHERE id = '${note.id}'`), 't');
});

test('lines that go to another table are credited here and on a receipt there', async () => {
  const here = await kit.party(), there = await kit.party();
  kit.price(soup, 1000);
  const order = await kit.order(here.token, [line(soup, 3)]);
  await kit.issue(here);
  expectStatus(await post(stack, `/api/orders/${order.id}/transfer`, { token: tokens.waiter,
    body: { session_id: there.session.id, items: [{ item_id: order.items[0].id, quantity: 1 }], reason: 'sat down there' } }), 201);
  const [, note] = await kit.expectSum(here);
  assert.deepEqual([note.total_amount, note.reason], [-1100, 'sat down there']);
  assert.equal((await kit.of(there)).length, 0);
  await kit.issue(there);
  await kit.expectSum(there);
});

test('shares add up to the bill, taxes and all, in whatever order their receipts are issued', async () => {
  for (const [inclusive, changes] of [[false, india], [true, {}], [false, { service_charge_ppm: 125000, service_charge_tax_rate_ppm: 200000 }]]) {
    const table = await kit.party({ ...changes, prices_include_tax: inclusive });
    kit.price(soup, 1001);
    kit.price(wine, 333, 190000);
    await kit.order(table.token, [line(soup, 2), line(wine, 5)], { discount_amount: undefined });
    const shares = await kit.split(table, { by: 'equal', parts: 3 });
    for (const i of [2, 0, 1]) {
      const receipt = await kit.issue(table, { share_id: shares[i].id });
      assert.deepEqual([receipt.total_amount, receipt.share], [shares[i].amount, { id: shares[i].id, label: String(i + 1), place: i + 1, of: 3 }]);
    }
    await kit.expectSum(table);
    expectProblem(await kit.askFor(table, { share_id: shares[0].id }), 409, 'already_receipted');
    expectProblem(await kit.askFor(table), 409, 'already_receipted');
  }
});

test('orders and shares exclude each other', async () => {
  const table = await kit.party();
  kit.price(soup, 1000);
  const order = await kit.order(table.token, [line(soup)]), other = await kit.order(table.token, [line(soup)]);
  const [first, second] = await kit.split(table, { by: 'equal', parts: 2 });
  await kit.issue(table, { share_id: first.id });
  expectProblem(await kit.askFor(table), 409, 'already_receipted');
  expectProblem(await kit.askForOrder(order), 409, 'already_receipted');
  await kit.issue(table, { share_id: second.id });
  await kit.expectSum(table);

  const by = await kit.party();
  const whole = await kit.order(by.token, [line(soup)]), rest = await kit.order(by.token, [line(soup)]);
  await kit.issueOrder(whole);
  const shares = await kit.split(by, { by: 'equal', parts: 2 });
  const refused = expectProblem(await kit.askFor(by, { share_id: shares[0].id }), 409, 'already_receipted');
  assert.match(JSON.stringify(refused ?? (await kit.askFor(by, { share_id: shares[0].id })).json), /receipts of their own/);
  assert.deepEqual((await kit.issue(by)).orders.map((o) => o.id), [rest.id]);
  await kit.expectSum(by);

  expectProblem(await merge(by, table), 409, 'already_receipted');
  assert.equal((await kit.bill(table)).orders.length, 2);
  assert.ok(other);
});

test('a share that becomes less has a credit note, one that becomes more a further receipt', async () => {
  const table = await kit.party({ prices_include_tax: true });
  kit.price(soup, 2500);
  const order = await kit.order(table.token, [line(soup, 4)]);
  const [first, second, third] = await kit.split(table, { by: 'equal', parts: 3 });
  await kit.issue(table, { share_id: first.id });
  await kit.pay({ share_id: first.id, amount: first.amount });
  await kit.issue(table, { share_id: second.id });
  await kit.issue(table, { share_id: third.id });
  await kit.adjust(order, { kind: 'discount', amount: 3000 }); // off the unpaid ones
  const documents = await kit.expectSum(table);
  assert.deepEqual(documents.slice(3).map((d) => [d.kind, d.share.id, d.total_amount]), [['credit_note', second.id, -1500], ['credit_note', third.id, -1500]]);
  assert.equal(documents[3].orders[0].adjustments[0].kind, 'discount');

  kit.price(wine, 600);
  await kit.order(table.token, [line(wine)]); // joins the rest
  const rest = (await kit.shares(table)).at(-1);
  assert.equal(rest.label, 'rest');
  await kit.issue(table, { share_id: rest.id });
  await kit.order(table.token, [line(wine)]); // joins it, unpaid as it is
  const further = await kit.issue(table, { share_id: rest.id });
  assert.equal(further.total_amount, 600);
  expectProblem(await kit.askFor(table, { share_id: rest.id }), 409, 'already_receipted');
  await kit.expectSum(table);
});

test('a split that ends is credited, and the bill can have a receipt as a whole', async () => {
  const table = await kit.party(india);
  kit.price(soup, 1001);
  await kit.order(table.token, [line(soup, 3)]);
  const shares = await kit.split(table, { by: 'equal', parts: 3 });
  await kit.issue(table, { share_id: shares[1].id });
  expectStatus(await del(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter }), 204);
  assert.equal(kit.sum(await kit.of(table)).total_amount, 0);
  assert.deepEqual(kit.sum(await kit.of(table)).taxes, []);
  await kit.issue(table);
  await kit.expectSum(table);
});

test('what was paid before a bill was split has a receipt of its own', async () => {
  const table = await kit.party(india);
  kit.price(soup, 1001);
  await kit.order(table.token, [line(soup, 3)]);
  const before = await kit.pay({ session_id: table.session.id, amount: 1000 });
  for (const share of await kit.split(table, { by: 'equal', parts: 2 })) await kit.issue(table, { share_id: share.id });
  const rest = await kit.issue(table);
  assert.deepEqual([rest.total_amount, rest.share, rest.paid, rest.due], [1000, null, 1000, 0]);
  await kit.expectSum(table);
  expectProblem(await kit.askFor(table), 409, 'already_receipted');
  await kit.refund(before, { amount: 400 });
  await kit.expectSum(table);
});

test('two tables become one, and their taxes are rounded together', async () => {
  for (const inclusive of [false, true]) {
    for (const byShares of [false, true]) {
      const tables = [await kit.party({ prices_include_tax: inclusive }), await kit.party({ prices_include_tax: inclusive })];
      kit.price(soup, inclusive ? 1007 : 1004);
      for (const table of tables) {
        await kit.order(table.token, [line(soup)]);
        if (!byShares) await kit.issue(table);
        else for (const share of await kit.split(table, { by: 'equal', parts: 2 })) await kit.issue(table, { share_id: share.id });
      }
      expectStatus(await merge(tables[0], tables[1]), 200);
      if (byShares) for (const share of await kit.shares(tables[1])) await kit.askFor(tables[1], { share_id: share.id }); // where rounding made one more
      await kit.expectSum(tables[1]);
    }
  }
});

// Whatever happens to bills whose receipts are issued at once, one of the random things at a time.
test('random bills', async (t) => {
  const { below, from } = random(t), counts = {};
  for (let round = 0; round < 14; round++) {
    const byShares = round % 2 === 1;
    const table = await kit.party({ ...from([india, {}, { service_charge_ppm: 125000, service_charge_tax_rate_ppm: 200000 }]), prices_include_tax: below(2) === 1 });
    const bela = await joinSession(stack, table.code, table.pin, { name: 'Bela' });
    const orders = [], payments = [];
    const placed = async () => {
      kit.price(soup, 1 + below(3000));
      kit.price(wine, 1 + below(3000), from(['NULL', 70000, 190000]));
      orders.push(await kit.order(from([table, bela]).token, [line(soup, 1 + below(4)), line(wine, 1 + below(3))], { tip_amount: below(2) * below(200) }));
    };
    const receipted = async () => {
      if (!byShares) await kit.askFor(table);
      else for (const share of await kit.shares(table)) if (share.amount > 0) await kit.askFor(table, { share_id: share.id });
      if (byShares) await kit.askFor(table); // what is in no share
    };
    for (let i = 0; i < 3; i++) await placed();
    if (byShares) await kit.split(table, from([{ by: 'equal', parts: 3 }, { by: 'diner' }]));
    await receipted();
    await kit.expectSum(table);
    for (let step = 0; step < 12; step++) {
      const order = from(orders), item = from(order.items);
      const what = from(['void', 'comp', 'discount', 'item discount', 'rate', 'pay', 'pay', 'refund', 'refund', 'reopen', 'cancel', 'place', 'waive', 'split', 'void payment']);
      const adjust = (body) => post(stack, `/api/orders/${order.id}/adjustments`, { token: tokens.manager, body: { reason: 'random', ...body } });
      const some = async () => {
        const share = byShares ? (await kit.shares(table)).find((s) => s.due > 0) : null, due = byShares ? share?.due : (await kit.bill(table)).due;
        return due > 0 ? { ...(byShares ? { share_id: share.id } : { session_id: table.session.id }), amount: below(2) === 1 ? due : 1 + below(due) } : null;
      };
      let answer = null;
      if (what === 'void' || what === 'comp') answer = await adjust({ kind: what, item_id: item.id, quantity: 1 });
      if (what === 'discount') answer = await adjust({ kind: 'discount', amount: 1 + below(500) });
      if (what === 'item discount') answer = await adjust({ kind: 'discount', item_id: item.id, amount: 1 + below(200) });
      if (what === 'rate') answer = await adjust({ kind: 'discount', rate_ppm: 1 + below(300000) });
      if (what === 'waive') answer = await adjust({ kind: 'service_charge_waived' });
      if (what === 'cancel') answer = await put(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { status: 'cancelled', reason: 'random' } });
      if (what === 'place') await placed();
      if (what === 'split' && byShares) answer = await post(stack, `/api/sessions/${table.session.id}/split`, { token: tokens.waiter, body: from([{ by: 'equal', parts: 1 + below(4) }, { by: 'diner' }]) });
      if (what === 'pay') {
        const body = await some();
        if (body) answer = await post(stack, '/api/payments', { token: tokens.waiter, body: { method: 'card', ...body } });
        if (answer?.status === 201) payments.push(answer.json);
      }
      const payment = payments.length > 0 ? from(payments) : null;
      if (payment && (what === 'refund' || what === 'reopen'))
        answer = await post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.cashier, body: { amount: 1 + below(payment.amount), reason: 'random', reopens_due: what === 'reopen' } });
      if (payment && what === 'void payment') answer = await post(stack, `/api/payments/${payment.id}/void`, { token: tokens.cashier, body: { reason: 'random' } });
      assert.ok(answer === null || answer.status < 500, answer?.text);
      if (answer !== null && answer.status < 300) counts[what] = (counts[what] ?? 0) + 1;
      await receipted();
      await kit.expectSum(table);
    }
  }
  t.diagnostic(JSON.stringify(counts));
  for (const what of ['void', 'discount', 'pay', 'refund', 'cancel', 'split']) assert.ok(counts[what] > 0, `none of ${what}`);
});
