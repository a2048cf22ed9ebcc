// What orders cost: cases worked by hand, limits, and random orders against a
// second computation.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectStatus, get, post, readMenu, tokenOf } from './lib/client.mjs';
import { random } from './lib/random.mjs';
import { shareStack } from './lib/shared.mjs';

const MAX = 2 ** 53 - 1;

let stack;
let cashier;
let items; // of spice-garden, without options that must be chosen; the first three have two extras
let extras; // the options of the first three

before(async () => {
  stack = await shareStack();
  cashier = await tokenOf(stack, 'cashier');
  const { byName } = await readMenu(stack);
  items = ['Butter Naan', 'Garlic Naan', 'Aloo Kulcha', 'Tandoori Roti', 'Laccha Paratha', 'Missi Roti', 'Cheese Naan',
    'Masala Chaas', 'Kokum Cooler', 'Cola, 300 ml'].map((name) => byName[name]);
  extras = items.slice(0, 3).map((i) => i.options[0]);
  for (const item of items.slice(3)) assert.deepEqual(item.options, []);
});
after(() => stack?.stop());

/**
 * Sets the menu for an order's lines and returns the lines. A line: [price,
 * quantity, rate, modifiers]; rate null or absent: the restaurant's; modifiers:
 * at most two.
 */
function setMenu({ rate = 50000, inclusive = false, lines }) {
  const sql = [`UPDATE restaurants SET tax_rate_ppm = ${rate}, prices_include_tax = ${inclusive} WHERE slug = '${stack.slug}'`];
  let withExtras = 0;
  let without = extras.length;
  const out = lines.map(([price, quantity, ownRate, modifiers = []]) => {
    const place = modifiers.length > 0 ? withExtras++ : without++;
    sql.push(`UPDATE menu_items SET price = ${price}, tax_rate_ppm = ${ownRate ?? 'NULL'} WHERE id = '${items[place].id}'`);
    const customizations = modifiers.map((modifier, i) => {
      const value = extras[place].values[i];
      sql.push(`UPDATE menu_item_option_values SET price_modifier = ${modifier} WHERE id = '${value.id}'`);
      return { option_id: extras[place].id, value_id: value.id };
    });
    return { menu_item_id: items[place].id, quantity, customizations };
  });
  stack.sql(sql.join(';'));
  return out;
}

/** Quote and order of the same body, which must agree; the status and body of the order. */
async function placeBoth(body, token = cashier) {
  const quoted = await post(stack, '/api/orders/quote', { token, body });
  const placed = await post(stack, '/api/orders', { token, body });
  if (placed.status !== 201) {
    assert.equal(quoted.status, placed.status, quoted.text);
    assert.deepEqual(quoted.json.errors, placed.json.errors);
    return placed;
  }
  expectStatus(quoted, 200);
  for (const field of ['subtotal', 'tax_amount', 'taxes', 'tip_amount', 'discount_amount', 'deposit_used', 'total_amount']) {
    assert.deepEqual(quoted.json[field], placed.json[field], field);
  }
  return placed;
}

// ---- By hand: [what, {rate, inclusive, lines, tip, discount, deposit}, {subtotal, taxes: [[rate, taxable, amount]], total}]

const cases = [
  ['5 % of a round amount', { lines: [[100, 1]] }, { subtotal: 100, taxes: [[50000, 100, 5]], total: 105 }],
  ['5 % of 10: half a unit goes up', { lines: [[10, 1]] }, { subtotal: 10, taxes: [[50000, 10, 1]], total: 11 }],
  ['5 % of 30: one and a half go up', { lines: [[30, 1]] }, { subtotal: 30, taxes: [[50000, 30, 2]], total: 32 }],
  ['5 % of 50: two and a half go up, not to the even', { lines: [[50, 1]] }, { subtotal: 50, taxes: [[50000, 50, 3]], total: 53 }],
  ['5 % of 9: less than a half goes down', { lines: [[9, 1]] }, { subtotal: 9, taxes: [[50000, 9, 0]], total: 9 }],
  ['5 % of 29', { lines: [[29, 1]] }, { subtotal: 29, taxes: [[50000, 29, 1]], total: 30 }],
  ['tax is on the sum, not on each line', { lines: [[10, 1], [10, 1], [10, 1]] }, { subtotal: 30, taxes: [[50000, 30, 2]], total: 32 }],
  ['nor on each piece', { lines: [[9, 10]] }, { subtotal: 90, taxes: [[50000, 90, 5]], total: 95 }],
  ['three rates, none of them odd', { lines: [[9999, 1], [6000, 3, 120000], [4000, 1, 0]] },
    { subtotal: 31999, taxes: [[0, 4000, 0], [50000, 9999, 500], [120000, 18000, 2160]], total: 34659 }],
  ['three rates with odd amounts', { lines: [[333, 1], [333, 1, 120000], [333, 1, 180000]] },
    { subtotal: 999, taxes: [[50000, 333, 17], [120000, 333, 40], [180000, 333, 60]], total: 1116 }],
  ['halves at two rates go up each', { lines: [[10, 1], [25, 1, 180000]] },
    { subtotal: 35, taxes: [[50000, 10, 1], [180000, 25, 5]], total: 41 }],
  ['an item\'s own rate that equals the restaurant\'s is no second rate', { lines: [[1010, 1], [1000, 1, 50000]] },
    { subtotal: 2010, taxes: [[50000, 2010, 101]], total: 2111 }],
  ['no tax', { rate: 0, lines: [[2500, 2]] }, { subtotal: 5000, taxes: [[0, 5000, 0]], total: 5000 }],
  ['8.875 %', { rate: 88750, lines: [[1000, 1]] }, { subtotal: 1000, taxes: [[88750, 1000, 89]], total: 1089 }],
  ['8.875 % of 400 is 35.5', { rate: 88750, lines: [[200, 2]] }, { subtotal: 400, taxes: [[88750, 400, 36]], total: 436 }],
  ['8.875 % of 399', { rate: 88750, lines: [[399, 1]] }, { subtotal: 399, taxes: [[88750, 399, 35]], total: 434 }],
  ['8.875 % of a dinner', { rate: 88750, lines: [[1895, 2], [2450, 1], [875, 3]] },
    { subtotal: 8865, taxes: [[88750, 8865, 787]], total: 9652 }], // 786.76875
  ['the smallest rate, below a half', { rate: 1, lines: [[499999, 1]] }, { subtotal: 499999, taxes: [[1, 499999, 0]], total: 499999 }],
  ['the smallest rate, a half', { rate: 1, lines: [[500000, 1]] }, { subtotal: 500000, taxes: [[1, 500000, 1]], total: 500001 }],
  ['the largest rate', { rate: 1000000, lines: [[777, 1]] }, { subtotal: 777, taxes: [[1000000, 777, 777]], total: 1554 }],
  ['5 % included in 21', { inclusive: true, lines: [[21, 1]] }, { subtotal: 21, taxes: [[50000, 21, 1]], total: 21 }],
  ['5 % included in 10 is less than a half', { inclusive: true, lines: [[10, 1]] }, { subtotal: 10, taxes: [[50000, 10, 0]], total: 10 }],
  ['5 % included in 11 is more than a half', { inclusive: true, lines: [[11, 1]] }, { subtotal: 11, taxes: [[50000, 11, 1]], total: 11 }],
  ['100 % included in 3 is one and a half', { rate: 1000000, inclusive: true, lines: [[3, 1]] },
    { subtotal: 3, taxes: [[1000000, 3, 2]], total: 3 }],
  ['included rates', { inclusive: true, lines: [[1100, 1, 100000], [1220, 1, 220000], [104, 1, 40000], [500, 1, 0]] },
    { subtotal: 2924, taxes: [[0, 500, 0], [40000, 104, 4], [100000, 1100, 100], [220000, 1220, 220]], total: 2924 }],
  ['8.875 % included', { rate: 88750, inclusive: true, lines: [[1089, 1]] }, { subtotal: 1089, taxes: [[88750, 1089, 89]], total: 1089 }],
  ['included tax, tip, discount and deposit', { rate: 100000, inclusive: true, lines: [[1100, 2]], tip: 150, discount: 300, deposit: 1000 },
    { subtotal: 2200, taxes: [[100000, 1900, 173]], total: 1050 }], // 172.73: the discount lowers the tax
  ['a discount of all of it', { rate: 0, lines: [[5000, 1]], discount: 5000 }, { subtotal: 5000, taxes: [[0, 0, 0]], total: 0 }],
  // VAT directive 2006/112/EC, art. 79(b); CGST act 2017, s. 15(3)(a): a price reduction is not taxed.
  ['a discount of the subtotal leaves no tax', { lines: [[5000, 1]], discount: 5000 }, { subtotal: 5000, taxes: [[50000, 0, 0]], total: 0 }],
  ['half off is half the tax', { rate: 100000, lines: [[10000, 1]], discount: 5000 }, { subtotal: 10000, taxes: [[100000, 5000, 500]], total: 5500 }],
  ['half off, included', { rate: 100000, inclusive: true, lines: [[10000, 1]], discount: 5000 },
    { subtotal: 10000, taxes: [[100000, 5000, 455]], total: 5000 }], // 454.55
  ['a fifth off, over two rates', { rate: 100000, lines: [[10000, 1], [5000, 1, 200000]], discount: 3000 },
    { subtotal: 15000, taxes: [[100000, 8000, 800], [200000, 4000, 800]], total: 13600 }],
  ['one unit off three equal lines: the first bears it', { lines: [[100, 1], [100, 1, 0], [100, 1, 120000]], discount: 1 },
    { subtotal: 300, taxes: [[0, 100, 0], [50000, 99, 5], [120000, 100, 12]], total: 316 }],
  ['a deposit', { lines: [[10000, 1]], deposit: 2500 }, { subtotal: 10000, taxes: [[50000, 10000, 500]], total: 8000 }],
  ['a deposit of the total', { lines: [[10000, 1]], deposit: 10500 }, { subtotal: 10000, taxes: [[50000, 10000, 500]], total: 0 }],
  ['a tip is not taxed', { lines: [[10000, 1]], tip: 999 }, { subtotal: 10000, taxes: [[50000, 10000, 500]], total: 11499 }],
  ['tip, discount and deposit down to nothing', { lines: [[10000, 1]], tip: 1000, discount: 1500, deposit: 9925 },
    { subtotal: 10000, taxes: [[50000, 8500, 425]], total: 0 }],
  ['the largest quantity', { lines: [[99999, 99]] }, { subtotal: 9899901, taxes: [[50000, 9899901, 494995]], total: 10394896 }],
  ['customizations', { lines: [[5500, 3, null, [1500, 500]]] }, { subtotal: 22500, taxes: [[50000, 22500, 1125]], total: 23625 }],
  ['customizations that cost less', { lines: [[31900, 2, null, [-9000, 2000]], [101, 1]] },
    { subtotal: 49901, taxes: [[50000, 49901, 2495]], total: 52396 }],
  ['customizations down to nothing', { lines: [[1000, 5, null, [-1000]]] }, { subtotal: 0, taxes: [[50000, 0, 0]], total: 0 }],
  ['a line for nothing beside others', { lines: [[0, 9, 120000], [200, 1]] },
    { subtotal: 200, taxes: [[50000, 200, 10], [120000, 0, 0]], total: 210 }],
  ['the largest price', { rate: 0, lines: [[MAX, 1]] }, { subtotal: MAX, taxes: [[0, MAX, 0]], total: MAX }],
  ['the largest price with tax in it', { rate: 100000, inclusive: true, lines: [[MAX, 1]] },
    { subtotal: MAX, taxes: [[100000, MAX, 818836295885545]], total: MAX }], // a eleventh: ...544.636
  ['the largest sum of many', { rate: 0, lines: [[90071992547409, 99], [90071992547500, 1]] },
    { subtotal: MAX, taxes: [[0, MAX, 0]], total: MAX }], // 8917127262193491 + 90071992547500
  ['the largest tip, taken back by the largest deposit', { rate: 0, lines: [[0, 1]], tip: MAX, deposit: MAX },
    { subtotal: 0, taxes: [[0, 0, 0]], total: 0 }],
];

for (const [what, { tip, discount, deposit, ...menu }, want] of cases) {
  test(what, async () => {
    const lines = setMenu(menu);
    const { json: order } = expectStatus(await placeBoth({ order_type: 'takeaway', items: lines,
      tip_amount: tip, discount_amount: discount, deposit_used: deposit, expected_total: want.total }), 201);
    assert.equal(order.subtotal, want.subtotal);
    assert.deepEqual(order.taxes.map((tax) => [tax.rate_ppm, tax.taxable, tax.amount]), want.taxes);
    assert.equal(order.tax_amount, want.taxes.reduce((sum, tax) => sum + tax[2], 0));
    assert.equal(order.total_amount, want.total);
    for (const [i, [price, quantity, , modifiers = []]] of menu.lines.entries()) {
      assert.equal(order.items[i].price, price);
      assert.equal(order.items[i].subtotal, (price + modifiers.reduce((sum, m) => sum + m, 0)) * quantity);
    }
    assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: cashier }), 200).json, order);
  });
}

// ---- Refused: [what, menu and adjustments, pointer]

const refused = [
  ['a discount of one more than the food', { lines: [[5000, 1]], discount: 5001 }, '/discount_amount'],
  ['a discount of the tip', { lines: [[100, 1]], tip: 50, discount: 150 }, '/discount_amount'],
  ['a discount of more than the price that includes the tax', { rate: 100000, inclusive: true, lines: [[5000, 1]], discount: 5001 }, '/discount_amount'],
  ['a deposit of one more than the total', { lines: [[5000, 1]], deposit: 5251 }, '/deposit_used'],
  ['discount and deposit together more than the total', { lines: [[5000, 1]], tip: 100, discount: 2000, deposit: 3251 }, '/deposit_used'],
  ['a line below nothing', { lines: [[500, 1], [1000, 1, null, [-1001]]] }, '/items/1'],
  ['a line below nothing by two customizations, though the sum is not', { lines: [[10, 99, null, [-6, -5]], [90000, 1]] }, '/items/0'],
  ['the largest price with tax upon it', { lines: [[MAX, 1]] }, '/items'],
  ['the largest price twice', { rate: 0, lines: [[MAX, 2]] }, '/items/0'],
  ['the largest price 99 times', { rate: 0, lines: [[1, 1], [MAX, 99]] }, '/items/1'],
  ['the largest price and one more', { rate: 0, lines: [[MAX, 1], [1, 1]] }, '/items'],
  ['the largest price and a customization', { rate: 0, lines: [[MAX, 1, null, [1]]] }, '/items/0'],
  ['two customizations of the largest amount', { rate: 0, lines: [[0, 1, null, [MAX, MAX]]] }, '/items/0'],
  ['the largest price and a tip', { rate: 0, lines: [[MAX, 1]], tip: 1 }, '/items'],
  ['lines that overflow together', { rate: 0, lines: [[90071992547409, 99], [90071992547501, 1]] }, '/items'],
];

for (const [what, { tip, discount, deposit, ...menu }, pointer] of refused) {
  test(`refused: ${what}`, async () => {
    const lines = setMenu(menu);
    const before = stack.sqlValue('SELECT count(*) FROM orders');
    const answer = await placeBoth({ order_type: 'takeaway', items: lines, tip_amount: tip, discount_amount: discount, deposit_used: deposit });
    assert.equal(answer.status, 422, answer.text);
    assert.equal(answer.json.code, 'invalid_total', answer.text);
    assert.deepEqual(answer.json.errors.map((e) => e.field), [pointer], answer.text);
    assert.equal(stack.sqlValue('SELECT count(*) FROM orders'), before);
  });
}

// ---- The other restaurant, with its own prices

test('caffe-lungarno: EUR, 10 % in the prices', async () => {
  const token = await tokenOf(stack, 'cashier', 'caffe-lungarno');
  const { byName } = await readMenu(stack, 'caffe-lungarno');
  const line = (name, quantity, ...values) => ({ menu_item_id: byName[name].id, quantity, customizations: byName[name].options.flatMap((o) =>
    o.values.filter((v) => values.includes(v.name)).map((v) => ({ option_id: o.id, value_id: v.id }))) });
  const orders = [
    // 2 * 150 + (220 + 20 + 40) + (180 + 20) = 780, of which 10/110 is 70.909
    [[line('Espresso', 2, 'House blend'), line('Cappuccino', 1, 'Decaffeinated', 'Oat drink'), line('Cornetto', 1, 'Apricot jam')], 780, 71],
    [[line('Panzanella', 1)], 950, 86], // 86.36
    [[line('Torta della nonna', 1)], 550, 50],
    [[line('Schiacciata con mortadella', 3, 'Pecorino', 'Grilled courgette', 'Artichoke cream')], 3360, 305], // 305.45
    [[line('Ribollita', 99)], 103950, 9450],
  ];
  for (const [lines, subtotal, tax] of orders) {
    const { json: order } = expectStatus(await placeBoth({ order_type: 'takeaway', items: lines, tip_amount: 50 }, token), 201);
    assert.equal(order.currency, 'EUR');
    assert.equal(order.subtotal, subtotal);
    assert.equal(order.tax_amount, tax);
    assert.deepEqual(order.taxes, [{ rate_ppm: 100000, taxable: subtotal, amount: tax }]);
    assert.equal(order.total_amount, subtotal + 50);
  }
});

// ---- Random orders

/** amount * numerator / denominator, halves up; none is negative. */
const share = (amount, numerator, denominator) => (2n * amount * numerator + denominator) / (2n * denominator);

/** The discount's part for each line, by largest remainder; a tie goes to the earlier line. */
function spread(discount, amounts) {
  const whole = amounts.reduce((sum, a) => sum + a, 0n);
  if (whole === 0n) return amounts;
  const parts = amounts.map((a, i) => ({ i, part: BigInt(discount) * a / whole, rest: BigInt(discount) * a % whole }));
  let left = BigInt(discount) - parts.reduce((sum, p) => sum + p.part, 0n);
  for (const p of parts.toSorted((a, b) => (a.rest === b.rest ? a.i - b.i : a.rest < b.rest ? 1 : -1))) if (left-- > 0n) p.part++;
  return parts.map((p) => p.part);
}

/** The figures by the contract's words, in whole numbers without a limit. */
function compute({ rate, inclusive, lines, tip, discount, deposit }) {
  const sums = new Map();
  const amounts = lines.map(([price, quantity, , modifiers]) => BigInt(quantity) * modifiers.reduce((sum, m) => sum + BigInt(m), BigInt(price)));
  const off = spread(discount, amounts);
  let subtotal = 0n;
  for (const [i, [, , ownRate]] of lines.entries()) {
    sums.set(ownRate ?? rate, (sums.get(ownRate ?? rate) ?? 0n) + amounts[i] - off[i]);
    subtotal += amounts[i];
  }
  const taxes = [...sums].sort(([a], [b]) => a - b).map(([ppm, taxable]) => ({ rate_ppm: ppm, taxable: Number(taxable),
    amount: Number(share(taxable, BigInt(ppm), 1_000_000n + (inclusive ? BigInt(ppm) : 0n))) }));
  const tax = taxes.reduce((sum, t) => sum + t.amount, 0);
  return { subtotal: Number(subtotal), taxes, tax_amount: tax,
    total_amount: Number(subtotal) + (inclusive ? 0 : tax) + tip - discount - deposit };
}

test('200 random orders add up', async (t) => {
  const { below, from } = random(t);
  const rates = [0, 1, 25000, 50000, 88750, 120000, 180000, 220000, 333333, 999999, 1000000];
  const price = () => from([() => below(100), () => below(10_000), () => 1000 + below(100_000), () => below(1_000_000_000)])();
  for (let batch = 0; batch < 20; batch++) {
    const menu = {
      rate: from(rates),
      inclusive: below(2) === 1,
      lines: Array.from({ length: 8 }, (_, i) => {
        const base = price();
        const modifiers = i < 3 ? Array.from({ length: 1 + below(2) }, () => below(3000) - Math.min(base >> 1, 1000)) : [];
        return [base, 1, from([null, ...rates]), modifiers];
      }),
    };
    const priced = setMenu(menu);
    for (let n = 0; n < 10; n++) {
      // Some of the lines, some more than once.
      const picked = Array.from({ length: 1 + below(12) }, () => [below(8), 1 + below(from([3, 99]))]);
      const order = { ...menu, lines: picked.map(([i, quantity]) => [menu.lines[i][0], quantity, menu.lines[i][2], menu.lines[i][3]]),
        tip: below(2) * below(5000), discount: 0, deposit: 0 };
      order.discount = below(2) * below(Math.min(compute(order).subtotal, 2 ** 31) + 1);
      order.deposit = below(2) * below(Math.min(compute(order).total_amount, 2 ** 31) + 1);
      const want = compute(order);
      const body = { order_type: 'takeaway', items: picked.map(([i, quantity]) => ({ ...priced[i], quantity })),
        tip_amount: order.tip, discount_amount: order.discount, deposit_used: order.deposit };
      const { json: got } = expectStatus(await placeBoth(body), 201);
      for (const [field, value] of Object.entries(want)) assert.deepEqual(got[field], value, `${field} of ${JSON.stringify(order)}`);
      assert.equal(got.taxes.reduce((sum, x) => sum + x.amount, 0), got.tax_amount);
      assert.equal(got.taxes.reduce((sum, x) => sum + x.taxable, 0), got.subtotal - got.discount_amount);
      assert.equal(got.items.reduce((sum, x) => sum + x.subtotal, 0), got.subtotal);
      assert.equal(got.total_amount, got.subtotal + (menu.inclusive ? 0 : got.tax_amount) + got.tip_amount - got.discount_amount - got.deposit_used);
      assert.ok(got.total_amount >= 0);
    }
  }
});

// ---- The database's own word

test('the stored figures agree with one another', async () => {
  setMenu({ lines: [[10, 1]] });
  expectStatus(await placeBoth({ order_type: 'takeaway', items: setMenu({ lines: [[999, 2], [333, 1, 120000, [7]]] }) }), 201);
  assert.equal(stack.sqlValue(`
    SELECT count(*) FROM orders o
    WHERE o.total_amount <> o.subtotal + CASE WHEN o.prices_include_tax THEN 0 ELSE o.tax_amount END
                            + o.tip_amount - o.discount_amount - o.deposit_used
       OR o.subtotal <> (SELECT sum(i.subtotal) FROM order_items i WHERE i.restaurant_id = o.restaurant_id AND i.order_id = o.id)
       OR o.tax_amount <> (SELECT sum((x->>'amount')::bigint) FROM jsonb_array_elements(o.taxes) x)
       OR o.discount_amount = 0 AND o.taxes <> (
         SELECT jsonb_agg(jsonb_build_object('rate_ppm', t.rate, 'taxable', t.taxable, 'amount',
             round(t.taxable * t.rate / (1000000 + CASE WHEN o.prices_include_tax THEN t.rate ELSE 0 END))) ORDER BY t.rate)
         FROM (SELECT i.tax_rate_ppm::numeric AS rate, sum(i.subtotal) AS taxable FROM order_items i
               WHERE i.restaurant_id = o.restaurant_id AND i.order_id = o.id GROUP BY i.tax_rate_ppm) t)`), '0');
  assert.equal(stack.sqlValue(`
    SELECT count(*) FROM order_items i
    WHERE i.subtotal <> (i.price + i.customization_amount) * i.quantity
       OR i.customization_amount <> (SELECT coalesce(sum(c.price_modifier), 0) FROM order_item_customizations c
                                     WHERE c.restaurant_id = i.restaurant_id AND c.order_item_id = i.id)`), '0');
  assert.ok(Number(stack.sqlValue('SELECT count(*) FROM orders')) > 0);
});

test('the database refuses figures that do not add up', async () => {
  const { json: order } = expectStatus(await placeBoth({ order_type: 'takeaway', items: setMenu({ lines: [[1000, 1]] }), tip_amount: 5 }), 201);
  // The order once more under another id and number, with something changed.
  const again = (change) => stack.sql(`BEGIN;
    INSERT INTO orders SELECT (jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(), 'order_number', 1000000) || '${JSON.stringify(change)}')).*
      FROM orders o WHERE o.id = '${order.id}';
    ROLLBACK`);
  again({});
  again({ tip_amount: 6, total_amount: order.total_amount + 1 });
  for (const change of [{ total_amount: order.total_amount + 1 }, { total_amount: order.total_amount - 1 }, { subtotal: 1001 }, { tax_amount: 51 },
    { tip_amount: 4 }, { discount_amount: 1 }, { deposit_used: 1 }, { prices_include_tax: true }]) {
    assert.throws(() => again(change), /orders_total/, JSON.stringify(change));
  }
  assert.throws(() => again({ tip_amount: -1, total_amount: order.total_amount - 6 }), /minor_units_check/);
  assert.throws(() => again({ discount_amount: order.total_amount + 1, total_amount: -1 }), /minor_units_check/);
});
