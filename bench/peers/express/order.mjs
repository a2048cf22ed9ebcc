// An order of a diner: checked, computed and written in one transaction.
import { createHash } from 'node:crypto';
import { newId, Problem, transaction, verifyToken } from './common.mjs';

// ---- What was sent

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const isId = (value) => typeof value === 'string' && uuid.test(value);
const isCount = (value, max) => Number.isInteger(value) && value >= 1 && value <= max;
const isAmount = (value) => Number.isSafeInteger(value) && value >= 0;
const isText = (value, max) => typeof value === 'string' && value.length <= max;
const isMissing = (value) => value === undefined || value === null;
const isOneOf = (value, ...all) => all.includes(value);

function wanted(holds, field) {
  if (!holds) throw new Problem(422, 'validation_failed', `${field} is not as it has to be`);
}

function checkLine(line) {
  wanted(isId(line?.menu_item_id), 'menu_item_id');
  wanted(isCount(line.quantity, 99), 'quantity');
  wanted(isMissing(line.special_instructions) || isText(line.special_instructions, 500), 'special_instructions');
  wanted(isMissing(line.customizations) || (Array.isArray(line.customizations) && line.customizations.length <= 100), 'customizations');
  for (const choice of line.customizations ?? []) {
    wanted(isId(choice?.option_id), 'option_id');
    wanted(isId(choice.value_id), 'value_id');
  }
}

function checkOrder(order) {
  wanted(isOneOf(order?.order_type, 'dine_in', 'takeaway'), 'order_type');
  wanted(Array.isArray(order.items) && isCount(order.items.length, 100), 'items');
  order.items.forEach(checkLine);
  wanted(isMissing(order.tip_amount) || isAmount(order.tip_amount), 'tip_amount');
  wanted(isMissing(order.payment_method) || isOneOf(order.payment_method, 'cash', 'card', 'upi', 'online', 'other'), 'payment_method');
  for (const [field, max] of [['customer_name', 120], ['customer_phone', 40], ['notes', 1000], ['special_instructions', 1000]])
    wanted(isMissing(order[field]) || isText(order[field], max), field);
}

function readKey(key) {
  if (key !== undefined && !/^[\x20-\x7e]{1,255}$/.test(key)) throw new Problem(400, 'invalid_idempotency_key');
  return key;
}

const hashOf = (req) => createHash('sha256').update(`${req.method}\0${req.originalUrl}\0`).update(req.raw).digest('hex');

// ---- What is read

async function findTable(client, { restaurantId, userId }) {
  const { rows: [session] } = await client.query({
    name: 'find-session',
    text: `SELECT s.id, s.table_id, s.status = 'active' AND s.expires_at > now() AS runs
           FROM users u JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
           WHERE u.restaurant_id = $1 AND u.id = $2
           FOR KEY SHARE OF s`,
    values: [restaurantId, userId],
  });
  if (!session?.runs) throw new Problem(401, 'session_ended');
  return session;
}

async function findAnswer(client, { restaurantId, caller, key, hash }) {
  const { rows: [stored] } = await client.query({
    name: 'find-answer',
    text: `SELECT request_hash, status, location, etag, answer
           FROM idempotency_keys
           WHERE restaurant_id = $1 AND caller = $2 AND key = $3 AND created_at > now() - interval '24 hours'`,
    values: [restaurantId, caller, key],
  });
  if (stored && stored.request_hash !== hash) throw new Problem(422, 'idempotency_key_reused');
  return stored;
}

async function readRestaurant(client, restaurantId) {
  const { rows: [restaurant] } = await client.query({
    name: 'order-restaurant',
    text: `SELECT id, currency, tax_rate_ppm, prices_include_tax, is_open,
                  business_date(now(), timezone, business_day_start) AS business_date
           FROM restaurants WHERE id = $1`,
    values: [restaurantId],
  });
  if (!restaurant) throw new Problem(404, 'not_found');
  if (!restaurant.is_open) throw new Problem(409, 'restaurant_closed');
  return restaurant;
}

/** The items by id, each with its options by id, each with its values by id. */
async function readItems(client, restaurantId, ids) {
  const { rows: items } = await client.query({
    name: 'order-items',
    text: `SELECT id, name, price, tax_rate_ppm, station, is_available
           FROM menu_items
           WHERE restaurant_id = $1 AND id = ANY ($2::uuid[]) AND deleted_at IS NULL`,
    values: [restaurantId, ids],
  });
  const { rows: options } = await client.query({
    name: 'order-options',
    text: `SELECT p.menu_item_id, p.id, p.name, p.min_select, p.max_select,
                  v.id AS value_id, v.name AS value_name, v.price_modifier, v.is_available
           FROM menu_item_options p
           LEFT JOIN menu_item_option_values v
             ON v.restaurant_id = p.restaurant_id AND v.option_id = p.id AND v.deleted_at IS NULL
           WHERE p.restaurant_id = $1 AND p.menu_item_id = ANY ($2::uuid[]) AND p.deleted_at IS NULL
           ORDER BY p.position, p.id`,
    values: [restaurantId, ids],
  });
  const byId = new Map(items.map((item) => [item.id, { ...item, options: new Map() }]));
  for (const row of options) {
    const all = byId.get(row.menu_item_id)?.options;
    if (!all) continue;
    if (!all.has(row.id)) all.set(row.id, { ...row, values: new Map() });
    all.get(row.id).values.set(row.value_id, row);
  }
  return byId;
}

// ---- What follows from it

function choose(item, choices) {
  const chosen = choices.map((choice) => {
    const option_id = choice.option_id.toLowerCase(), value_id = choice.value_id.toLowerCase();
    const value = item.options.get(option_id)?.values.get(value_id);
    if (!value?.is_available) throw new Problem(422, 'invalid_selection');
    return { option_id, value_id, option_name: value.name, value_name: value.value_name, price_modifier: value.price_modifier };
  });
  if (new Set(chosen.map((c) => c.value_id)).size < chosen.length) throw new Problem(422, 'invalid_selection');
  for (const option of item.options.values()) {
    const n = chosen.filter((c) => c.option_id === option.id).length;
    if (n < option.min_select || n > option.max_select) throw new Problem(422, 'invalid_selection');
  }
  return chosen;
}

function makeLine(sent, item, restaurant) {
  if (!item?.is_available) throw new Problem(422, 'item_unavailable');
  const customizations = choose(item, sent.customizations ?? []);
  const modifiers = customizations.reduce((sum, c) => sum + c.price_modifier, 0);
  const subtotal = (item.price + modifiers) * sent.quantity;
  if (!isAmount(subtotal)) throw new Problem(422, 'invalid_total');
  return {
    id: newId(), menu_item_id: item.id, name: item.name, price: item.price, modifiers, quantity: sent.quantity, subtotal,
    tax_rate_ppm: item.tax_rate_ppm ?? restaurant.tax_rate_ppm, station: item.station,
    special_instructions: sent.special_instructions ?? null, customizations,
  };
}

// Tax is rounded once for each rate.
function figuresOf(lines, restaurant, tip) {
  const taxables = new Map();
  for (const line of lines) taxables.set(line.tax_rate_ppm, (taxables.get(line.tax_rate_ppm) ?? 0) + line.subtotal);
  const taxes = [...taxables].sort(([a], [b]) => a - b).map(([rate, taxable]) => ({
    rate_ppm: rate,
    taxable,
    amount: Math.round(taxable * rate / (restaurant.prices_include_tax ? 1000000 + rate : 1000000)),
  }));
  const subtotal = lines.reduce((sum, line) => sum + line.subtotal, 0);
  const tax_amount = taxes.reduce((sum, tax) => sum + tax.amount, 0);
  const total_amount = subtotal + (restaurant.prices_include_tax ? 0 : tax_amount) + tip;
  if (!isAmount(total_amount)) throw new Problem(422, 'invalid_total');
  return { subtotal, tax_amount, taxes, total_amount };
}

function answerOf(order, lines) {
  return JSON.stringify({
    id: order.id, order_number: order.order_number, business_date: order.business_date,
    restaurant_id: order.restaurant_id, table_id: order.table_id, session_id: order.session_id, diner_id: order.diner_id, staff_id: null,
    order_type: order.order_type, status: 'pending', payment_status: 'unpaid',
    currency: order.currency, prices_include_tax: order.prices_include_tax,
    subtotal: order.subtotal, tax_amount: order.tax_amount, taxes: order.taxes,
    tip_amount: order.tip_amount, discount_amount: 0, deposit_used: 0, total_amount: order.total_amount,
    payment_method: order.payment_method, customer_name: order.customer_name, customer_phone: order.customer_phone,
    notes: order.notes, special_instructions: order.special_instructions,
    version: 1, created_at: order.created_at, updated_at: order.created_at, deleted_at: null,
    items: lines.map(({ modifiers, station, ...line }) => ({ ...line, station, status: 'pending' })),
  });
}

// ---- What is written

async function insertOrder(client, order) {
  const { rows: [counter] } = await client.query({
    name: 'next-number',
    text: `INSERT INTO order_counters AS c (restaurant_id, business_date, last_number) VALUES ($1, $2, 1)
           ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number + 1
           RETURNING last_number`,
    values: [order.restaurant_id, order.business_date],
  });
  const { rows: [inserted] } = await client.query({
    name: 'insert-order',
    text: `INSERT INTO orders
             (restaurant_id, id, business_date, order_number, table_id, session_id, diner_id, order_type, currency,
              prices_include_tax, subtotal, tax_amount, taxes, tip_amount, total_amount, payment_method,
              customer_name, customer_phone, notes, special_instructions)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
           RETURNING created_at`,
    values: [order.restaurant_id, order.id, order.business_date, counter.last_number, order.table_id, order.session_id, order.diner_id,
      order.order_type, order.currency, order.prices_include_tax, order.subtotal, order.tax_amount, JSON.stringify(order.taxes),
      order.tip_amount, order.total_amount, order.payment_method, order.customer_name, order.customer_phone, order.notes,
      order.special_instructions],
  });
  return { ...order, order_number: counter.last_number, created_at: inserted.created_at.toISOString() };
}

async function insertLines(client, order, lines) {
  let position = 0, chosen = 0;
  for (const line of lines) {
    await client.query({
      name: 'insert-line',
      text: `INSERT INTO order_items
               (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal,
                tax_rate_ppm, station, special_instructions)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
      values: [order.restaurant_id, line.id, order.id, ++position, line.menu_item_id, line.name, line.price, line.modifiers, line.quantity,
        line.subtotal, line.tax_rate_ppm, line.station, line.special_instructions],
    });
    for (const choice of line.customizations) {
      await client.query({
        name: 'insert-choice',
        text: `INSERT INTO order_item_customizations
                 (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name, price_modifier)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        values: [order.restaurant_id, newId(), line.id, ++chosen, choice.option_id, choice.value_id, choice.option_name, choice.value_name,
          choice.price_modifier],
      });
    }
  }
}

async function insertTraces(client, order) {
  await client.query({
    name: 'insert-history',
    text: `INSERT INTO order_status_history (restaurant_id, id, order_id, to_status, actor_role, actor_id)
           VALUES ($1, $2, $3, 'pending', 'diner', $4)`,
    values: [order.restaurant_id, newId(), order.id, order.diner_id],
  });
  await client.query({
    name: 'insert-activity',
    text: `INSERT INTO session_activity_log (restaurant_id, id, session_id, action, actor_role, actor_id, details)
           VALUES ($1, $2, $3, 'order_placed', 'diner', $4, $5)`,
    values: [order.restaurant_id, newId(), order.session_id, order.diner_id, JSON.stringify({ order_id: order.id })],
  });
}

// An existing row is older than a day, or another request's that was just faster.
async function storeAnswer(client, { restaurantId, caller, key, hash }, { status, location, etag, answer }) {
  const { rowCount } = await client.query({
    name: 'store-answer',
    text: `INSERT INTO idempotency_keys AS k (restaurant_id, caller, key, request_hash, status, location, etag, answer)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (restaurant_id, caller, key) DO UPDATE
             SET request_hash = excluded.request_hash, status = excluded.status, location = excluded.location,
                 etag = excluded.etag, answer = excluded.answer, created_at = excluded.created_at
             WHERE k.created_at <= now() - interval '24 hours'`,
    values: [restaurantId, caller, key, hash, status, location, etag, answer],
  });
  if (rowCount === 0) throw new Problem(409, 'idempotency_in_progress');
}

async function place(client, diner, request, sent) {
  const session = await findTable(client, diner);
  const stored = request.key && await findAnswer(client, request);
  if (stored) return { ...stored, replayed: true };
  const restaurant = await readRestaurant(client, diner.restaurantId);
  const ids = sent.items.map((line) => line.menu_item_id.toLowerCase());
  const items = await readItems(client, restaurant.id, ids);
  const lines = sent.items.map((line, i) => makeLine(line, items.get(ids[i]), restaurant));
  const tip_amount = sent.tip_amount ?? 0;
  const order = await insertOrder(client, {
    id: newId(), restaurant_id: restaurant.id, business_date: restaurant.business_date, table_id: session.table_id, session_id: session.id,
    diner_id: diner.userId, order_type: sent.order_type, currency: restaurant.currency, prices_include_tax: restaurant.prices_include_tax,
    ...figuresOf(lines, restaurant, tip_amount), tip_amount, payment_method: sent.payment_method ?? null,
    customer_name: sent.customer_name ?? null, customer_phone: sent.customer_phone ?? null, notes: sent.notes ?? null,
    special_instructions: sent.special_instructions ?? null,
  });
  await insertLines(client, order, lines);
  await insertTraces(client, order);
  const answer = { status: 201, location: `/api/orders/${order.id}`, etag: '"1"', answer: answerOf(order, lines) };
  if (request.key) await storeAnswer(client, request, answer);
  return answer;
}

export async function placeOrder(req, res) {
  const diner = verifyToken(req.get('Authorization'));
  const key = readKey(req.get('Idempotency-Key'));
  checkOrder(req.body);
  const request = { restaurantId: diner.restaurantId, caller: `diner:${diner.userId}`, key, hash: hashOf(req) };
  const { status, location, etag, answer, replayed } = await transaction('BEGIN', diner.restaurantId,
    (client) => place(client, diner, request, req.body));
  if (replayed) res.set('Idempotent-Replayed', 'true');
  res.status(status).location(location).set('ETag', etag).set('Cache-Control', 'no-store').type('application/json').send(answer);
}
