// The restaurant's settings: who reads and changes them, and what follows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { call, expectStatus, get, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';
import { until } from './lib/until.mjs';

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const roles = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];

let stack, slug, otherSlug;
const tokens = {};
before(async () => {
  stack = await shareStack();
  ({ slug, otherSlug } = stack);
  for (const role of roles) tokens[role] = await tokenOf(stack, role);
});
after(() => stack?.stop());

const read = (token = tokens.owner) => get(stack, '/api/restaurant', { token });
const change = (body, options = {}) => call(stack, 'PATCH', '/api/restaurant', { token: tokens.owner, body, ...options });
const changed = async (body, options) => expectStatus(await change(body, options), 200).json;
const menuVersion = (of = slug) => Number(stack.sqlValue(`SELECT menu_version FROM restaurants WHERE slug = '${of}'`));
const wholeRow = (of = slug) => stack.sql(`SELECT r::text FROM restaurants r WHERE slug = '${of}'`);
const place = (token, body) => post(stack, '/api/orders', { token, body });
const takeaway = (item, quantity = 1) => ({ order_type: 'takeaway', items: [lineOf(item, quantity)] });

/** The n-th table (from 0), nobody at it. */
function clear(n, of = slug) {
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active' AND table_id = '${stack.restaurant(of).tables[n].id}'`);
  return stack.restaurant(of).tables[n];
}

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.text}`);
  assert.equal(answer.json.code, code, `${what} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
}

function assertFaults(answer, fields, what = '') {
  assertProblem(answer, 422, 'validation_failed', what);
  assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), `${what} ${answer.text}`);
}

/** Waits until nginx's menu has it: at most a second. */
async function untilMenu(holds, of = slug) {
  const start = performance.now();
  for (;;) {
    const sent = performance.now() - start; // however long the answer takes
    const answer = expectStatus(await get(stack, `/api/r/${of}/menu`), 200);
    if (holds(answer.json)) return;
    assert.ok(sent < 1200, `the menu does not show it after ${sent.toFixed(0)} ms: ${JSON.stringify(answer.json.restaurant)}`);
    await sleep(20);
  }
}

/** The settings as they are now are there again afterwards. */
async function keeping(doing) {
  const was = (await read()).json;
  try {
    return await doing(was);
  } finally {
    const { name, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length, session_expiry_minutes, session_opening, is_open } = was;
    await changed({ name, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length, session_expiry_minutes, session_opening, is_open });
  }
}

// Of ISO 4217: every currency that has not two decimals, and some that have.
const DECIMALS = { USD: 2, EUR: 2, MGA: 2, XCG: 2, INR: 2, ...Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]), ['CLF', 4], ['UYW', 4]]) };

test('all of the staff read it', async () => {
  const wanted = (await read()).json;
  for (const role of roles) {
    const answer = expectStatus(await read(tokens[role]), 200);
    assert.deepEqual(answer.json, wanted, role);
    assert.equal(answer.headers.get('etag'), `"${answer.json.version}"`);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
  }
  assert.equal(wanted.id, stack.restaurant().id);
  assert.equal(wanted.slug, slug);
  assert.deepEqual([wanted.name, wanted.currency, wanted.timezone, wanted.business_day_start, wanted.tax_rate_ppm, wanted.prices_include_tax],
    ['Spice Garden', 'INR', 'Asia/Kolkata', '04:00', 50000, false]);
  assert.deepEqual([wanted.pin_length, wanted.session_expiry_minutes, wanted.session_opening, wanted.is_open], [4, 180, 'diner', true]);
  assert.equal(wanted.menu_version, menuVersion());
  for (const field of ['created_at', 'updated_at']) assert.match(wanted[field], time);
  const other = expectStatus(await read(await tokenOf(stack, 'kitchen', otherSlug)), 200).json;
  assert.equal(other.id, stack.restaurant(otherSlug).id);
  assert.equal(other.currency, 'EUR');
  assert.deepEqual([wanted.currency_exponent, other.currency_exponent], [2, 2]);
});

test('which roles may change it', async () => {
  const before = wholeRow();
  const { token: diner } = await openSession(stack, 0);
  for (const [role, token] of [...['kitchen', 'waiter', 'cashier'].map((r) => [r, tokens[r]]), ['diner', diner]])
    assertProblem(await change({ name: 'X' }, { token }), 403, 'insufficient_role', role);
  assertProblem(await read(diner), 403, 'insufficient_role');
  assertProblem(await change({ name: 'X' }, { token: undefined }), 401, 'unauthenticated');
  assert.deepEqual(wholeRow(), before);
  const others = wholeRow(otherSlug);
  await keeping(async () => {
    for (const role of ['manager', 'owner']) assert.equal((await changed({ name: `By the ${role}` }, { token: tokens[role] })).name, `By the ${role}`);
  });
  assert.deepEqual(wholeRow(otherSlug), others, 'the other restaurant is as it was');
  for (const method of ['POST', 'PUT', 'DELETE']) assert.equal((await call(stack, method, '/api/restaurant', { token: tokens.owner })).status, 405);
});

test('each setting', async () => {
  await keeping(async (was) => {
    let now = was;
    for (const [field, values] of Object.entries({
      name: ['A', 'x'.repeat(120), 'Café “Ñandú” 李', "O'Neil; DROP TABLE orders; --", '<b>&amp;</b>', 'a"\\/b'],
      timezone: ['Europe/Rome', 'UTC', 'America/Argentina/Buenos_Aires', 'Asia/Kathmandu'],
      business_day_start: ['00:00', '23:59', '05:30', '04:00'],
      tax_rate_ppm: [0, 1, 88750, 1000000],
      prices_include_tax: [true, false],
      pin_length: [4, 5, 6, 7, 8],
      session_expiry_minutes: [5, 90, 1440],
      session_opening: ['staff', 'diner'],
      is_open: [false, true],
      currency: [...Object.keys(DECIMALS), 'INR'],
    })) {
      for (const value of values) {
        const raised = menuVersion();
        const answer = expectStatus(await change({ [field]: value }), 200);
        assert.deepEqual({ ...answer.json, updated_at: 0 }, { ...now, ...(field === 'currency' ? { currency_exponent: DECIMALS[value] } : {}), [field]: value, version: now.version + 1, menu_version: raised + 1, updated_at: 0 }, `${field}: ${value}`);
        assert.equal(answer.headers.get('etag'), `"${now.version + 1}"`);
        assert.equal(menuVersion(), raised + 1, `${field}: once`);
        assert.deepEqual((await read()).json, answer.json);
        now = answer.json;
      }
    }
    await changed({ currency: 'KWD' });
    await untilMenu(({ restaurant }) => restaurant.currency === 'KWD' && restaurant.currency_exponent === 3);
    const { code } = clear(3);
    const welcome = expectStatus(await get(stack, `/api/r/${slug}/tables/${code}`), 200).json.restaurant;
    assert.deepEqual([welcome.currency, welcome.currency_exponent], ['KWD', 3]);
    now = await changed({ currency: 'INR' });
    const raised = menuVersion();
    const all = { name: 'All at once', timezone: 'Europe/Rome', business_day_start: '06:15', tax_rate_ppm: 70000, prices_include_tax: true, pin_length: 6, session_expiry_minutes: 60, session_opening: 'staff', is_open: false };
    const answer = await changed(all);
    assert.deepEqual({ ...answer, ...all }, answer);
    assert.equal(answer.version, now.version + 1);
    assert.equal(menuVersion(), raised + 1);
    assert.equal((await changed({ name: '  Trimmed ' })).name, 'Trimmed');
  });
});

test('what receipts say, when the year and the day begin and end, opening hours', async () => {
  const was = (await read()).json;
  const papers = { legal_name: 'Spice Garden Hospitality LLP', address: '14 Church Street\nBengaluru 560001', tax_number: '29ABCDE1234F1Z5',
    receipt_footer: 'Thank you.\nCome again.', receipts_are_fiscal: false, receipt_at_settlement: true, fiscal_year_start: '04-01', day_close_hours: 0,
    opening_hours: [{ days: ['tue', 'wed'], from: '11:30', to: '15:00' }, { days: ['fri', 'sat'], from: '18:00', to: '02:30' }, { days: ['sun'], from: '00:00', to: '24:00' }] };
  const answer = await changed(papers);
  assert.deepEqual({ ...answer, ...papers }, answer);
  await untilMenu(({ restaurant: { address, tax_number, opening_hours } }) =>
    address === papers.address && tax_number === papers.tax_number && isDeepStrictEqual(opening_hours, papers.opening_hours));
  const none = { legal_name: null, address: null, tax_number: null, receipt_footer: null, opening_hours: null, day_close_hours: null };
  assert.deepEqual(await changed({ ...none, ...Object.fromEntries(['legal_name', 'address'].map((name) => [name, ' '])) }).then(({ legal_name, address, tax_number, receipt_footer, opening_hours, day_close_hours }) =>
    [legal_name, address, tax_number, receipt_footer, opening_hours, day_close_hours]), [null, null, null, null, [], null]);
  const day = { days: ['mon'], from: '10:00', to: '12:00' };
  for (const [field, values] of Object.entries({
    legal_name: ['x'.repeat(201), 'a\nb', 7], address: ['x'.repeat(501), 7], tax_number: ['x'.repeat(61), 'a\nb'], receipt_footer: ['x'.repeat(1001)],
    receipts_are_fiscal: [null, 'true'], receipt_at_settlement: [null, 1], day_close_hours: [-1, 721, 0.5, '24'],
    fiscal_year_start: [null, '', '4-1', '02-29', '02-30', '13-01', '00-10', '0401', '04/01', '٠٤-٠١'], closed_through: ['2026-01-01'],
    opening_hours: ['9-5', Array.from({ length: 51 }, () => day)] }))
    for (const value of values) assertFaults(await change({ [field]: value }), [`/${field}`], `${field}: ${JSON.stringify(value)}`);
  for (const [wrong, ...fields] of [[{}, '/days', '/from', '/to'], [{ ...day, days: [] }, '/days'], [{ ...day, days: ['mon', 'mon'] }, '/days/1'],
    [{ ...day, days: ['Monday', 1] }, '/days/0', '/days/1'], [{ ...day, from: '24:00' }, '/from'], [{ ...day, to: '24:01' }, '/to'],
    [{ ...day, to: '10:00' }, '/to'], [{ ...day, note: 'x' }, '/note'], ['always', '']])
    assertFaults(await change({ opening_hours: [day, wrong] }), fields.map((field) => `/opening_hours/1${field}`), JSON.stringify(wrong));
  const { receipts_are_fiscal, receipt_at_settlement, fiscal_year_start, day_close_hours } = was;
  await changed({ receipts_are_fiscal, receipt_at_settlement, fiscal_year_start, day_close_hours });
});

test('what is refused', async () => {
  const before = wholeRow();
  for (const [field, values] of Object.entries({
    name: ['', '   ', 'x'.repeat(121), 'a\nb', 'a\u0007', 7, [], true],
    currency: ['usd', 'US', 'USDX', 'U$D', '123', '', 'EU€', 7, 'ABC', 'ZZZ', 'XXX', 'XTS', 'XAU', 'DEM'],
    timezone: ['Mars/Olympus', '', 'x'.repeat(61), '+02:00', "UTC'; --", 'Europe/Rome; DROP', 7],
    business_day_start: ['24:00', '4:00', '04:60', '0400', '-1:00', '04:00:00', '04:00+02', 'noon', '', '99:99', '٠٤:٠٠', 4],
    tax_rate_ppm: [-1, 1000001, 0.5, 50000.5, '50000', true, [], 1e15],
    prices_include_tax: ['true', 1, 0, 'yes'],
    pin_length: [3, 9, 0, -4, 4.5, '4'],
    session_expiry_minutes: [0, -1, 4, 1441, 1e9, '60', 30.5],
    session_opening: ['', 'guest', 'Diner', 'both', 7, true],
    is_open: ['true', 1, 0, 'open'],
  })) {
    for (const value of [...values, null]) assertFaults(await change({ [field]: value }), [`/${field}`], `${field}: ${JSON.stringify(value)}`);
  }
  for (const field of ['id', 'slug', 'version', 'menu_version', 'created_at', 'updated_at', 'Name', 'taxRate']) {
    const answer = await change({ [field]: 1 });
    assertFaults(answer, [`/${field}`], field);
    assert.equal(answer.json.errors[0].code, 'unknown_field');
  }
  assertProblem(await change({}), 422, 'validation_failed', 'empty');
  assertProblem(await change('[]'), 422, 'validation_failed', 'an array');
  assertProblem(await change('null'), 422, 'validation_failed', 'null');
  assertProblem(await change(''), 400, 'invalid_json');
  assertProblem(await change('{"tax_rate_ppm":1,"tax_rate_ppm":2}'), 400, 'invalid_json');
  // One bad field, and the good one is not taken either.
  assertFaults(await change({ name: 'Half', pin_length: 99 }), ['/pin_length']);
  assertFaults(await change({ name: 'Half', timezone: 'Mars/Olympus' }), ['/timezone']);
  assert.deepEqual(wholeRow(), before);
});

test('time zones by their IANA names, which browsers know', async () => {
  const taken = [];
  await keeping(async () => {
    for (const timezone of ['posix/Europe/Rome', 'localtime', 'posixrules', 'europe/rome', 'GMT+5', 'Etc/Unheard'])
      if ((await change({ timezone })).status !== 422) taken.push(timezone);
  });
  assert.deepEqual(taken, []);
});

test('every fault of the settings is named at once', async () => {
  assertFaults(await change({ name: '', currency: 'usd', business_day_start: '25:00', tax_rate_ppm: -1, pin_length: 99, session_opening: 'x', typo: 1 }),
    ['/name', '/currency', '/business_day_start', '/tax_rate_ppm', '/pin_length', '/session_opening', '/typo']);
  assertFaults(await change({ pin_length: 99, business_day_start: null, currency: 'USd' }), ['/pin_length', '/business_day_start', '/currency']);
});

test('If-Match', async () => {
  await keeping(async ({ version }) => {
    const with_ = (tag) => ({ headers: { 'If-Match': tag } });
    assert.equal((await changed({ name: 'B' }, with_(`"${version}"`))).version, version + 1);
    const before = wholeRow();
    for (const tag of [`"${version}"`, `"${version + 2}"`, `W/"${version + 1}"`, '"x"']) assertProblem(await change({ name: 'C' }, with_(tag)), 412, 'version_mismatch', tag);
    assert.deepEqual(wholeRow(), before);
    assert.equal((await changed({ name: 'D' }, with_('*'))).version, version + 2);
    const tag = `"${version + 2}"`;
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => change({ name: `At once ${i}` }, with_(tag))));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(7).fill(412)]);
  });
});

test('many changes at once are all counted, beside orders and the menu\'s', async () => {
  await keeping(async ({ version }) => {
    const menu = menuVersion();
    const { items, menu: { categories } } = await readMenu(stack);
    const item = items.find((i) => i.is_available);
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, (_, i) => change({ session_expiry_minutes: 100 + i })),
      ...Array.from({ length: 8 }, (_, i) => call(stack, 'PATCH', `/api/menu/categories/${categories[i % 2].id}`, { token: tokens.manager, body: { description: `At once ${i}` } })),
      ...Array.from({ length: 8 }, () => post(stack, '/api/orders', { token: tokens.waiter, key: newKey(), body: takeaway(item) })),
    ]);
    assert.deepEqual(answers.map((a) => a.status), [...Array(16).fill(200), ...Array(8).fill(201)], answers.map((a) => a.text).join('\n'));
    assert.equal((await read()).json.version, version + 8);
    assert.equal(menuVersion(), menu + 16);
  });
});

test('the currency cannot change once there is an order', async () => {
  const owner = await tokenOf(stack, 'owner', otherSlug), as = { token: owner };
  const item = (await readMenu(stack, otherSlug)).items.find((i) => i.is_available);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM orders WHERE restaurant_id = '${stack.restaurant(otherSlug).id}'`), '0');
  // The other restaurant's orders do not matter.
  expectStatus(await place(tokens.waiter, takeaway((await readMenu(stack)).items.find((i) => i.is_available))), 201);
  for (const currency of ['CHF', 'EUR']) assert.equal((await changed({ currency }, as)).currency, currency);
  const { json: quote } = expectStatus(await post(stack, '/api/orders/quote', { ...as, body: takeaway(item) }), 200);
  assert.equal(quote.currency, 'EUR');
  await changed({ currency: 'USD' }, as);
  const order = expectStatus(await place(owner, takeaway(item)), 201).json;
  assert.equal(order.currency, 'USD');
  const before = wholeRow(otherSlug);
  assertProblem(await change({ currency: 'EUR' }, as), 409, 'currency_fixed');
  assertProblem(await change({ currency: 'EUR', name: 'Half' }, as), 409, 'currency_fixed');
  assert.deepEqual(wholeRow(otherSlug), before);
  assert.equal((await changed({ currency: 'USD', name: 'The same currency' }, as)).name, 'The same currency');
  expectStatus(await call(stack, 'DELETE', `/api/orders/${order.id}`, { ...as, body: { reason: 'a trial' } }), 204);
  assertProblem(await change({ currency: 'EUR' }, as), 409, 'currency_fixed', 'a deleted order is an order still');
});

test('the first order and another currency at the same time', async () => {
  const { id } = stack.restaurant(otherSlug), token = await tokenOf(stack, 'owner', otherSlug);
  const item = (await readMenu(stack, otherSlug)).items.find((i) => i.is_available);
  // As if there had been no order yet: those of this test are a thing of its own.
  stack.sql(`SET session_replication_role = replica; DELETE FROM order_item_customizations WHERE restaurant_id = '${id}';
    DELETE FROM order_items WHERE restaurant_id = '${id}'; DELETE FROM order_status_history WHERE restaurant_id = '${id}';
    DELETE FROM orders WHERE restaurant_id = '${id}'; UPDATE restaurants SET currency = 'EUR' WHERE id = '${id}'`);
  // The order has read the currency and waits for its number.
  const held = await hold(stack, `INSERT INTO order_counters AS c (restaurant_id, business_date, last_number)
    SELECT id, business_date(now(), timezone, business_day_start), 0 FROM restaurants WHERE id = '${id}'
    ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number`);
  const ordering = place(token, takeaway(item));
  await until('the order waits', () => held.waiting() === 1);
  let isChanged = false;
  const changing = change({ currency: 'USD' }, { token }).finally(() => { isChanged = true; });
  await until('the change waits, too, or is done', () => isChanged || held.waiting() === 2);
  await held.end('COMMIT');
  const [order, answer] = await Promise.all([ordering, changing]);
  expectStatus(order, 201);
  assert.ok(answer.status === 200 || (answer.status === 409 && answer.json.code === 'currency_fixed'), answer.text);
  const now = (await read(token)).json;
  assert.equal(order.json.currency, now.currency, 'an order in another currency than the restaurant\'s');
});

test('an order taken offline the day before and another currency at the same time', async () => {
  const { id } = stack.restaurant(otherSlug), token = await tokenOf(stack, 'owner', otherSlug);
  const was = stack.sqlValue(`SELECT business_day_start FROM restaurants WHERE id = '${id}'`);
  stack.sql(`UPDATE restaurants SET business_day_start = date_trunc('minute', (now() - interval '5 minutes') AT TIME ZONE timezone)::time WHERE id = '${id}'`);
  const day = stack.sqlValue(`SELECT business_date(now() - interval '1 hour', timezone, business_day_start) FROM restaurants WHERE id = '${id}'`);
  try {
    const held = await hold(stack, `INSERT INTO order_counters AS c (restaurant_id, business_date, last_number) VALUES ('${id}', '${day}', 0)
      ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number`);
    const { currency } = (await read(token)).json;
    const changing = change({ currency: currency === 'USD' ? 'EUR' : 'USD' }, { token });
    await until('the change waits for the order', () => held.waiting() === 1);
    await held.end('COMMIT');
    assert.ok([200, 409].includes((await changing).status));
  } finally {
    stack.sql(`UPDATE restaurants SET business_day_start = '${was}' WHERE id = '${id}'`);
  }
});

test('another tax rate is for the next order', async () => {
  await keeping(async () => {
    const { items } = await readMenu(stack);
    const plain = items.find((i) => i.is_available && stack.sqlValue(`SELECT tax_rate_ppm IS NULL FROM menu_items WHERE id = '${i.id}'`) === 't');
    const own = items.find((i) => i.is_available && stack.sqlValue(`SELECT tax_rate_ppm IS NOT NULL FROM menu_items WHERE id = '${i.id}'`) === 't');
    const place_ = async (item) => expectStatus(await place(tokens.waiter, takeaway(item)), 201).json;
    await changed({ tax_rate_ppm: 50000, prices_include_tax: false });
    const first = await place_(plain);
    assert.deepEqual(first.taxes, [{ rate_ppm: 50000, taxable: first.subtotal, amount: Math.round(first.subtotal * 0.05) }]);
    const ownFirst = own && await place_(own);
    await changed({ tax_rate_ppm: 180000 });
    const quote = expectStatus(await post(stack, '/api/orders/quote', { token: tokens.waiter, body: takeaway(plain) }), 200).json;
    assert.deepEqual(quote.taxes.map((t) => t.rate_ppm), [180000]);
    const second = await place_(plain);
    assert.deepEqual(second.taxes, [{ rate_ppm: 180000, taxable: second.subtotal, amount: Math.round(second.subtotal * 0.18) }]);
    if (own) assert.deepEqual((await place_(own)).taxes, ownFirst.taxes, 'an item\'s own rate comes first');
    await changed({ tax_rate_ppm: 0 });
    assert.equal((await place_(plain)).tax_amount, 0);
    await changed({ tax_rate_ppm: 50000, prices_include_tax: true });
    const inclusive = await place_(plain);
    assert.equal(inclusive.total_amount, inclusive.subtotal);
    assert.ok(inclusive.tax_amount > 0);
    // A change of what comes next: the total that was expected is another one.
    const expected = { ...takeaway(plain), expected_total: inclusive.total_amount };
    await changed({ prices_include_tax: false });
    assertProblem(await place(tokens.waiter, expected), 409, 'total_changed');
    for (const order of [first, second, inclusive]) assert.deepEqual(expectStatus(await get(stack, `/api/orders/${order.id}`, { token: tokens.waiter }), 200).json, order);
  });
});

test('the menu shows a change within a second', async () => {
  await keeping(async () => {
    for (const [body, holds] of [
      [{ name: 'Spice Garden II' }, (r) => r.name === 'Spice Garden II'],
      [{ is_open: false }, (r) => r.is_open === false],
      [{ tax_rate_ppm: 61000 }, (r) => r.tax_rate_ppm === 61000],
      [{ prices_include_tax: true }, (r) => r.prices_include_tax === true],
      [{ pin_length: 5 }, (r) => r.pin_length === 5],
      [{ session_opening: 'staff' }, (r) => r.session_opening === 'staff'],
      [{ timezone: 'Europe/Rome' }, (r) => r.timezone === 'Europe/Rome']]) {
      await get(stack, `/api/r/${slug}/menu`);
      const raised = menuVersion();
      await changed(body);
      await untilMenu((menu) => holds(menu.restaurant) && menu.menu_version === raised + 1);
    }
  });
});

test('closed, and open again', async () => {
  await keeping(async () => {
    const item = (await readMenu(stack)).items.find((i) => i.is_available);
    clear(1);
    const guest = await openSession(stack, 1), { code } = clear(2);
    const before = stack.sqlValue('SELECT count(*) FROM orders');
    await changed({ is_open: false });
    assertProblem(await place(guest.token, { order_type: 'dine_in', items: [lineOf(item)] }), 409, 'restaurant_closed');
        assertProblem(await post(stack, `/api/r/${slug}/sessions`, { body: { code, display_name: 'Asha' } }), 409, 'restaurant_closed');
    assert.equal((await get(stack, `/api/r/${slug}/tables/${code}`)).json.restaurant.is_open, false);
    assert.equal(stack.sqlValue('SELECT count(*) FROM orders'), before);
    // Staff enter the last orders, the guests' too.
    for (const role of ['waiter', 'owner']) expectStatus(await place(tokens[role], takeaway(item)), 201);
    const last = expectStatus(await place(tokens.waiter, { order_type: 'dine_in', session_id: guest.session.id, items: [lineOf(item)] }), 201).json;
    assert.equal(last.session_id, guest.session.id);
    await changed({ is_open: true });
    expectStatus(await place(guest.token, { order_type: 'dine_in', items: [lineOf(item)] }), 201);
    expectStatus(await place(tokens.waiter, takeaway(item)), 201);
    expectStatus(await post(stack, `/api/r/${slug}/sessions`, { body: { code, display_name: 'Asha' } }), 201);
  });
});

test('the next session is as the settings say', async () => {
  await keeping(async () => {
    clear(3);
    const old = await openSession(stack, 3);
    await changed({ pin_length: 6, session_expiry_minutes: 30 });
    clear(4);
    const { pin, session } = await openSession(stack, 4);
    assert.match(pin, /^\d{6}$/);
    assert.equal(Date.parse(session.expires_at) - Date.parse(session.created_at), 30 * 60000);
    // The one that runs stays as it is.
    const running = expectStatus(await get(stack, '/api/sessions/current', { token: old.token }), 200).json;
    assert.equal(running.expires_at, old.session.expires_at);
    expectStatus(await post(stack, `/api/r/${slug}/sessions/join`, { body: { code: old.code, pin: old.pin, display_name: 'Bela' } }), 200);
    const byStaff = expectStatus(await post(stack, `/api/tables/${clear(5).id}/session`, { token: tokens.waiter }), 201).json;
    assert.match(byStaff.pin, /^\d{6}$/);

    await changed({ session_opening: 'staff' });
    const { code, id } = clear(6);
    const open = () => post(stack, `/api/r/${slug}/sessions`, { body: { code, display_name: 'Asha' } });
    assertProblem(await open(), 403, 'staff_opens_sessions');
    expectStatus(await post(stack, `/api/tables/${id}/session`, { token: tokens.waiter }), 201);
    expectStatus(await get(stack, '/api/sessions/current', { token: old.token }), 200);
    await changed({ session_opening: 'diner' });
    clear(6);
    expectStatus(await open(), 201);
  });
});

test('the business day follows the settings', async () => {
  await keeping(async () => {
    const item = (await readMenu(stack)).items.find((i) => i.is_available);
    const days = [];
    // Zones 24 hours apart are never on the same day.
    for (const timezone of ['Pacific/Kiritimati', 'Pacific/Honolulu']) {
      await changed({ timezone, business_day_start: '00:00' });
      const { id } = expectStatus(await place(tokens.waiter, takeaway(item)), 201).json;
      const [day, wanted] = stack.sql(`SELECT business_date, (created_at AT TIME ZONE '${timezone}')::date FROM orders WHERE id = '${id}'`)[0];
      assert.equal(day, wanted);
      days.push(day);
    }
    assert.notEqual(days[0], days[1]);
  });
});
