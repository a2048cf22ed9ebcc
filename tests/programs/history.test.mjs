// orderzapctl seed --history: closed days behind the demo restaurants. That their figures add up, and that they are
// what the product makes of the same orders: some of them are placed, paid and corrected again by the API, and
// its rows are compared with those of the past.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, expectStatus, get, newKey, tokenOf } from '../api/lib/client.mjs';
import { buildDir, startStack } from '../api/lib/stack.mjs';
import { sum } from '../api/lib/sums.mjs';

const DAYS = 30;
const houses = ['spice-garden', 'caffe-lungarno'];
const ways = ['day', 'hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason'];
const ofLines = ['item', 'category', 'tax_rate'];

let stack;
const tokens = {};
before(async () => {
  stack = await startStack();
  for (const slug of houses) {
    tokens[slug] = {};
    for (const role of ['owner', 'manager', 'cashier', 'waiter']) tokens[slug][role] = await tokenOf(stack, role, slug);
  }
});
after(() => stack?.stop());

const seed = (...args) => new Promise((done) => {
  execFile(join(buildDir, 'orderzapctl'), ['--config', stack.envFile, 'seed', ...args], (error, stdout, stderr) => done({ status: error ? error.code : 0, stdout, stderr }));
});
const count = (query) => Number(stack.sqlValue(query));
const everyTable = () => stack.sqlValue(stack.sqlValue(`SELECT 'SELECT ' || string_agg(format('(SELECT count(*) FROM %I)', t.tablename), ' || '' '' || ' ORDER BY t.tablename)
  FROM pg_tables t WHERE t.schemaname = 'public'`));
const read = async (slug, path) => expectStatus(await get(stack, path, { token: tokens[slug].owner }), 200).json;

test('a number of days that is none is refused, and adds nothing', async () => {
  const had = everyTable();
  for (const days of ['0', '-1', '367', 'many', '3x', '']) {
    const { status, stderr } = await seed('--history', days);
    assert.equal(status, 64, days);
    assert.match(stderr, /--history .*: must be a number of days, 1 to 366/);
  }
  assert.equal(everyTable(), had);
});

test('who is cut off leaves no past behind; the next run makes all of it', async () => {
  const sql = `CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.number = 20 THEN RAISE EXCEPTION 'cut off'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER cut_off BEFORE INSERT ON business_days FOR EACH ROW EXECUTE FUNCTION cut_off()`;
  stack.sql(sql);
  const had = everyTable();
  const { status, stderr } = await seed('--history', String(DAYS));
  assert.notEqual(status, 0);
  assert.match(stderr, /cut off/);
  assert.equal(everyTable(), had);
  stack.sql('DROP TRIGGER cut_off ON business_days; DROP FUNCTION cut_off()');
});

test('the days are there after seconds, twice is once, and neither live events nor the outbox hear of them', async (t) => {
  const before = [count('SELECT count(*) FROM events'), count('SELECT count(*) FROM sync_logs')];
  const started = Date.now();
  const made = await seed('--history', String(DAYS));
  assert.equal(made.status, 0, made.stderr);
  t.diagnostic(`${Date.now() - started} ms for ${count('SELECT count(*) FROM orders')} orders`);
  assert.deepEqual([count('SELECT count(*) FROM events'), count('SELECT count(*) FROM sync_logs')], before);
  const had = everyTable();
  assert.equal((await seed('--history', String(DAYS))).status, 0);
  assert.equal((await seed('--history', '40')).status, 0);
  assert.equal(everyTable(), had);
});

test('thirty closed days each, in order up to yesterday, with nothing open and nothing owed', async () => {
  for (const slug of houses) {
    const { data } = await read(slug, `/api/business-days?limit=100`);
    const today = stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) FROM restaurants WHERE slug = '${slug}'`);
    const date = (ago) => new Date(Date.parse(today) - ago * 86400e3).toISOString().slice(0, 10);
    assert.deepEqual(data.map((d) => [d.business_date, d.number, d.was_forced]), Array.from({ length: DAYS }, (_, i) => [date(i + 1), DAYS - i, false]));
    const sums = {};
    for (const { business_date: day } of data) {
      const { report } = await read(slug, `/api/business-days/${day}/close`);
      assert.deepEqual([report.owed_before, report.owed_after, report.unsettled], [0, 0, { sessions: [], orders: [], drawers: [] }], day);
      assert.ok(report.totals.orders >= 30 && report.totals.orders <= 130, `${slug} ${day}: ${report.totals.orders} orders`);
      assert.deepEqual([report.first_order_number, report.last_order_number], [1, report.totals.orders]);
      for (const [name, value] of Object.entries(report.totals)) sums[name] = (sums[name] ?? 0) + value;
    }
    for (const by of ways) {
      const { totals, rows } = await read(slug, `/api/reports/sales?from=${date(DAYS)}&to=${date(1)}&by=${by}`);
      const { net, ...rest } = totals, { orders, ...others } = sums;
      assert.deepEqual(rest, ofLines.includes(by) ? others : sums, `${slug} by ${by}`);
      for (const name of Object.keys(totals)) assert.equal(sum(rows, (r) => r[name]), totals[name], `${slug} by ${by}: ${name}`);
    }
    for (const name of ['void_amount', 'comp_amount', 'discount_amount', 'refunded', 'tips']) assert.ok(sums[name] > 0, `${slug}: ${name}`);
    assert.equal(sums.rounding_amount !== 0, slug === 'caffe-lungarno', 'coins');
    const busy = (await read(slug, `/api/reports/sales?from=${date(DAYS)}&to=${date(1)}&by=hour`)).rows.filter((r) => r.orders > 0).map((r) => Number(r.hour));
    assert.ok(busy.every((h) => h >= 7 && h <= 23) && busy.length >= 6, `${slug} is open at ${busy}`);
    assert.ok((await read(slug, `/api/reports/sales?from=${date(DAYS)}&to=${date(1)}&by=staff`)).rows.filter((r) => r.tips > 0).length >= 3, 'tips of several');
  }
});

test('its rows fit each other', () => {
  const stands = 'coalesce(o.standing_total, o.total_amount)';
  for (const [what, query] of [
    ['orders whose total does not add up', `FROM orders o WHERE o.total_amount <> o.subtotal + CASE WHEN o.prices_include_tax THEN 0 ELSE o.tax_amount END`],
    ['orders with another tax than its rates', `FROM orders o WHERE o.tax_amount <> (SELECT sum((t ->> 'amount')::bigint) FROM jsonb_array_elements(o.taxes) t)`],
    ['orders with another subtotal than their lines', `FROM orders o WHERE o.subtotal IS DISTINCT FROM (SELECT sum(l.subtotal) FROM order_items l WHERE l.restaurant_id = o.restaurant_id AND l.order_id = o.id)`],
    ['orders that do not come to what was paid', `FROM orders o WHERE ${stands} IS DISTINCT FROM (SELECT sum(a.amount - a.refunded_amount) FROM payment_allocations a WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id)`],
    ['orders that stand at another sum than their documents', `FROM orders o WHERE ${stands} <> o.total_amount + (SELECT coalesce(sum(a.total_amount), 0) FROM order_adjustments a WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id)`],
    ['payments of another amount than they pay', `FROM payments p WHERE p.amount - p.rounding_amount <> (SELECT sum(a.amount) FROM payment_allocations a WHERE a.restaurant_id = p.restaurant_id AND a.payment_id = p.id)`],
    ['payments that gave back something else', `FROM payments p WHERE p.refunded_amount <> (SELECT coalesce(sum(f.amount), 0) FROM refunds f WHERE f.restaurant_id = p.restaurant_id AND f.payment_id = p.id)`],
    ['lines with other choices', `FROM order_items l WHERE l.customization_amount <> (SELECT coalesce(sum(c.price_modifier * c.quantity), 0) FROM order_item_customizations c WHERE c.restaurant_id = l.restaurant_id AND c.order_item_id = l.id)`],
    ['lines without a choice that must be made', `FROM order_items l JOIN menu_item_options p ON p.restaurant_id = l.restaurant_id AND p.menu_item_id = l.menu_item_id WHERE p.min_select > (SELECT count(*) FROM order_item_customizations c WHERE c.restaurant_id = l.restaurant_id AND c.order_item_id = l.id AND c.option_id = p.id)`],
    ['tables that two used at once', `FROM sessions s JOIN sessions z ON z.restaurant_id = s.restaurant_id AND z.table_id = s.table_id AND z.id > s.id AND z.created_at < s.closed_at AND s.created_at < z.closed_at`],
    ['orders of no opening hour of their session', `FROM orders o JOIN sessions s ON s.restaurant_id = o.restaurant_id AND s.id = o.session_id WHERE o.created_at NOT BETWEEN s.created_at AND s.closed_at`],
    ['open sessions', `FROM sessions s WHERE s.status <> 'closed'`],
    ['orders of another day than their time', `FROM orders o JOIN restaurants r ON r.id = o.restaurant_id WHERE o.business_date <> business_date(o.created_at, r.timezone, r.business_day_start)`],
    ['payments of another day', `FROM payments p JOIN restaurants r ON r.id = p.restaurant_id WHERE p.business_date <> business_date(p.created_at, r.timezone, r.business_day_start)`],
    ['states in another order', `FROM (SELECT h.from_status, lag(h.to_status) OVER (PARTITION BY h.order_id ORDER BY h.created_at, h.id) AS was FROM order_status_history h) x WHERE x.from_status IS DISTINCT FROM x.was`],
    ['numbers that are missing', `FROM order_counters c WHERE c.last_number <> (SELECT count(*) FROM orders o WHERE o.restaurant_id = c.restaurant_id AND o.business_date = c.business_date)`],
    ['what is in the future', `FROM (SELECT created_at FROM orders UNION ALL SELECT created_at FROM payments UNION ALL SELECT closed_at FROM sessions) x WHERE x.created_at > now()`],
  ]) assert.equal(count(`SELECT count(*) ${query}`), 0, what);
});

/** All that the rows of these orders say, but for ids, times and who did it. */
const pictureOf = (ids) => JSON.parse(stack.sqlValue(`
  SELECT json_agg(json_build_object(
    'order', (SELECT jsonb_object_agg(k, v) FROM jsonb_each(to_jsonb(o)) AS x (k, v) WHERE k IN ('order_type', 'payment_status', 'currency', 'prices_include_tax', 'subtotal', 'tax_amount',
      'taxes', 'discount_amount', 'total_amount', 'discount_reduces_tax', 'standing', 'standing_total', 'service_charge_ppm', 'tax_parts')),
    'lines', (SELECT json_agg(json_build_array(l.position, l.menu_item_id, l.name, l.price, l.customization_amount, l.quantity, l.subtotal, l.tax_rate_ppm, l.station, l.voided_quantity, l.status = 'cancelled',
        (SELECT json_agg(json_build_array(c.position, c.value_id, c.option_name, c.value_name, c.price_modifier, c.quantity) ORDER BY c.position) FROM order_item_customizations c WHERE c.restaurant_id = l.restaurant_id AND c.order_item_id = l.id))
      ORDER BY l.position) FROM order_items l WHERE l.restaurant_id = o.restaurant_id AND l.order_id = o.id),
    'documents', (SELECT json_agg(json_build_array(a.kind, a.quantity, a.amount, a.rate_ppm, a.reason, a.subtotal, a.discount_amount, a.tax_amount, a.total_amount, a.taxes, a.ends_order, a.refund_id IS NOT NULL, a.actor_role,
        (SELECT l.position FROM order_items l WHERE l.restaurant_id = a.restaurant_id AND l.id = a.item_id),
        (SELECT json_agg(x - 'id' || jsonb_build_object('position', l.position) ORDER BY l.position) FROM jsonb_array_elements(a.lines) x JOIN order_items l ON l.restaurant_id = a.restaurant_id AND l.id = (x ->> 'id')::uuid))
      ORDER BY a.id) FROM order_adjustments a WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id),
    'money', (SELECT json_agg(json_build_array(p.amount, p.tip_amount, p.refunded_amount, p.rounding_amount, p.method, p.currency, p.purpose, p.order_id IS NULL, a.amount, a.refunded_amount,
        (SELECT json_agg(json_build_array(f.amount, f.tip_amount, f.rounding_amount, f.reason, f.status, f.reopens_due, f.credit_amount)) FROM refunds f WHERE f.restaurant_id = p.restaurant_id AND f.payment_id = p.id))
      ORDER BY p.id) FROM payment_allocations a JOIN payments p ON p.restaurant_id = a.restaurant_id AND p.id = a.payment_id WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id),
    'sums', (SELECT s.sums::json FROM sessions s WHERE s.restaurant_id = o.restaurant_id AND s.id = o.session_id)) ORDER BY o.created_at, o.id)
  FROM orders o WHERE o.id IN (${ids.map((id) => `'${id}'`)})`));

/** Some of the past: two of each kind of stay in which something went wrong, or nothing. */
const someStays = () => stack.sql(`
  SELECT x.slug, x.table_id, x.ids FROM (
    SELECT r.slug, o.table_id, o.session_id, string_agg(o.id::text, ',' ORDER BY o.created_at, o.id) AS ids,
      row_number() OVER (PARTITION BY r.slug, o.table_id IS NULL, count(*), max(concat(a.kind, a.refund_id IS NULL)), max(jsonb_array_length(o.taxes)) ORDER BY md5(min(o.created_at)::text)) AS n
    FROM orders o JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN order_adjustments a ON a.restaurant_id = o.restaurant_id AND a.order_id = o.id
    GROUP BY r.slug, o.table_id, o.session_id, CASE WHEN o.session_id IS NULL THEN o.id END) x
  WHERE x.n <= 2 ORDER BY 1, 3`);

/** That again, by the API. */
async function playAgain(slug, table, past) {
  const token = tokens[slug], house = stack.restaurant(slug).id, send = async (who, path, body, status = 201) => expectStatus(await call(stack, 'POST', path, { token: token[who], key: newKey(), body }), status).json;
  const orders = [];
  for (const id of past) {
    const items = JSON.parse(stack.sqlValue(`SELECT json_agg(json_build_object('menu_item_id', l.menu_item_id, 'quantity', l.quantity, 'customizations',
        (SELECT coalesce(json_agg(json_build_object('option_id', c.option_id, 'value_id', c.value_id) ORDER BY c.position), '[]') FROM order_item_customizations c WHERE c.restaurant_id = l.restaurant_id AND c.order_item_id = l.id)) ORDER BY l.position)
      FROM order_items l WHERE l.restaurant_id = '${house}' AND l.order_id = '${id}'`));
    orders.push(await send('waiter', '/api/orders', table ? { order_type: 'dine_in', table_id: table, items } : { order_type: 'takeaway', items }));
  }
  const documents = JSON.parse(stack.sqlValue(`SELECT coalesce(json_agg(json_build_object('kind', a.kind, 'rate_ppm', a.rate_ppm, 'reason', a.reason, 'role', a.actor_role, 'is_refund', a.refund_id IS NOT NULL,
      'position', (SELECT l.position FROM order_items l WHERE l.restaurant_id = a.restaurant_id AND l.id = a.item_id)) ORDER BY a.id), '[]') FROM order_adjustments a WHERE a.restaurant_id = '${house}' AND a.order_id = '${past[0]}'`));
  const item = (d) => orders[0].items[d.position - 1].id;
  for (const d of documents.filter((x) => !x.is_refund))
    await send(d.role, `/api/orders/${orders[0].id}/adjustments`, { kind: d.kind, reason: d.reason, ...d.position ? { item_id: item(d), quantity: 1 } : { rate_ppm: d.rate_ppm } });
  let payment;
  const target = table ? { session_id: orders[0].session_id } : { order_id: orders[0].id };
  for (const [amount, tip, method] of stack.sql(`SELECT DISTINCT p.amount, p.tip_amount, p.method, p.id FROM payments p JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
      WHERE a.restaurant_id = '${house}' AND a.order_id IN (${past.map((id) => `'${id}'`)}) ORDER BY p.id`))
    payment = await send('cashier', '/api/payments', { ...target, amount: Number(amount), tip_amount: Number(tip), method });
  for (const d of documents.filter((x) => x.is_refund))
    await send('manager', `/api/payments/${payment.id}/refunds`, { items: [{ item_id: item(d), quantity: 1 }], reason: d.reason });
  if (table) await send('manager', `/api/sessions/${orders[0].session_id}/close`, { force: true, reason: 'Played again' }, 200);
  return orders.map((o) => o.id);
}

test('the past is what the product makes of the same orders, corrections and payments', async (t) => {
  const stays = someStays();
  assert.ok(stays.length >= 30, `${stays.length} stays`);
  for (const [slug, table, ids] of stays) {
    const past = ids.split(',');
    assert.deepEqual(pictureOf(await playAgain(slug, table, past)), pictureOf(past), `${slug}: ${ids}`);
  }
  t.diagnostic(`${stays.length} stays`);
});
