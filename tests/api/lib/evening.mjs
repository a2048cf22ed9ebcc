// An evening in two restaurants, as those who work and eat there know it: what
// was asked for and answered. The bills are reckoned from that (costs.mjs) and
// compared with the program's; nothing here reads its database.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, expectStatus, get, newKey, readMenu, tokenOf } from './client.mjs';
import { misfitsOf, tableFigures } from './costs.mjs';
import { append, billOf, replay } from './ledger.mjs';
import { operations } from './operations.mjs';
import { newSecret, Provider } from './provider.mjs';
import { sum } from './sums.mjs';
import { patience } from './until.mjs';

const roles = ['waiter', 'cashier', 'manager', 'kitchen'];

/** One of the restaurants: those who work there, what it offers and how it reckons. */
async function house(stack, slug, settings, price) {
  const tokens = Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await tokenOf(stack, role, slug)])));
  const provider = new Provider(stack, 'card-pay', { slug: stack.restaurant(slug).slug, secret: newSecret() });
  expectStatus(await provider.setUp(tokens.manager), 200);
  expectStatus(await call(stack, 'PATCH', '/api/restaurant', { token: tokens.manager, body: settings }), 200);
  const { items } = await readMenu(stack, slug);
  const chosen = items.filter((i) => i.is_available && i.options.every((o) => o.min_select === 0)).slice(0, price.length);
  for (const [i, item] of chosen.entries()) expectStatus(await call(stack, 'PATCH', `/api/menu/items/${item.id}`, { token: tokens.manager, body: price[i] }), 200);
  return { slug, path: stack.restaurant(slug).slug, tokens, provider, settings, items: chosen.map((item, i) => ({ id: item.id, ...price[i] })) };
}

/**
 * houses: [slug, settings, [{price, tax_rate_ppm}, ...]]; tables: how many of
 * each; ledger: whether all is written down in its order, too, which must be
 * known: one at a time.
 */
export async function openEvening(stack, houses, tables, { ledger = false } = {}) {
  const world = { stack, parties: [], sessions: new Map(), orders: new Map(), diners: new Map(), payments: new Map(), intents: new Map(), done: [], counts: new Map(), ledger: ledger ? replay([]) : null };
  for (const [slug, settings, price] of houses) {
    const here = await house(stack, slug, settings, price);
    for (const { id, code } of stack.restaurant(slug).tables.slice(0, tables)) world.parties.push({ house: here, table: id, code, session: null, pin: null, diners: [] });
  }
  return world;
}

/** Where a session's orders are now. */
export function homeOf(world, session) {
  for (let id = session; id; id = world.sessions.get(id)?.into) if (!world.sessions.get(id)?.into) return id;
  return null;
}

// ---- doing

const known = (name) => operations[name] ?? assert.fail(`no operation ${name}`);

/** An operation at random: {op, party, args}, which another run can repeat; null if there is nothing to do. */
export async function draw(world, r, names) {
  const op = r.from(names), party = r.below(world.parties.length);
  const args = await known(op).draw(world, world.parties[party], r);
  return args && { op, party, args, twice: Boolean(known(op).keyed) && r.below(8) === 0 };
}

/** Sends it until it is answered for good: workers and connections may have been lost meanwhile. */
export async function answered(send) {
  const deadline = Date.now() + 30000 * patience;
  for (;;) {
    const answer = await send().catch((error) => ({ status: 0, text: String(error.cause ?? error) }));
    if (answer.status > 0 && answer.status < 500 && answer.json?.code !== 'idempotency_in_progress') return answer;
    assert.ok([0, 409, 503, 504].includes(answer.status) && Date.now() < deadline, `never answered: ${answer.status} ${answer.text}`);
    await sleep(20);
  }
}

/** A request that comes through twice, or again since its answer was lost, has one effect: the answers are the same. */
async function ask(world, { method, path, token, body }, twice) {
  const key = method === 'POST' ? newKey() : undefined;
  const send = () => answered(() => call(world.stack, method, path, { token, body, key }));
  const answers = await Promise.all(twice ? [send(), send()] : [send()]);
  const done = answers.filter((a) => a.status < 300);
  for (const again of done.slice(1)) assert.equal(again.text, done[0].text);
  return done[0] ?? answers[0];
}

/** Does it; what was answered becomes known. Refusals that are not the operation's fail. */
export async function perform(world, { op, party, args, twice }) {
  const { request, send, learn, document, refusals } = known(op), here = world.parties[party];
  const answer = await (send ? answered(() => send(world, here, args)) : ask(world, request(world, here, args), twice));
  const count = (what) => world.counts.set(`${op} ${what}`, (world.counts.get(`${op} ${what}`) ?? 0) + 1);
  world.done.push({ op, party, args, answer: answer.status, code: answer.json?.code });
  if (answer.status < 300) {
    count('done');
    await learn(world, here, args, answer.json);
    const written = world.ledger && document?.(world, here, args, answer.json);
    return written && append(world.ledger, written);
  }
  count(answer.json?.code);
  return assert.ok(refusals.includes(answer.json?.code), `${JSON.stringify({ op, party, args })}: ${answer.status} ${answer.text}`);
}

// ---- comparing

/** What there is to read, as soon as somebody answers. */
export const read = async (world, path, token) => expectStatus(await answered(() => get(world.stack, path, { token })), 200).json;

const fieldsOf = { subtotal: 'subtotal', discount: 'discount_amount', tax: 'tax_amount', tip: 'tip_amount', deposit: 'deposit_used', total: 'total_amount' };

/** An order's or a bill's figures as they stand now. */
const standing = (json) => ({ ...json, ...json.adjusted });

const ordersIn = (world, session) => [...world.orders.values()].filter((o) => o.standing && homeOf(world, o.session) === session);
const paymentsIn = (world, session) => [...world.payments.values()].filter((p) => homeOf(world, p.session) === session);

/** What is known of a session comes to these figures. */
export function reckon(world, session) {
  const orders = ordersIn(world, session), figures = tableFigures(orders);
  const bill = Object.fromEntries(['subtotal', 'discount', 'charge', 'tax', 'tip', 'deposit', 'total'].map((field) => [field, sum(figures, (f) => f[field])]));
  bill.paid = sum(paymentsIn(world, session), (p) => p.settled - p.refunded);
  return { orders, figures, bill };
}

const taxesByRate = (list) => {
  const by = new Map();
  for (const t of list) by.set(t.rate_ppm, (by.get(t.rate_ppm) ?? 0) + t.amount);
  return by;
};
const reckonedTaxes = (figures) => taxesByRate(figures.flatMap((f) => f.taxes.map((t) => ({ rate_ppm: t.kind.rate, amount: sum(t.amounts) }))));

/** One order of the bill is right, but for a unit of rounding. */
function expectOrder(world, json) {
  const now = standing(json);
  assert.deepEqual(misfitsOf(world.orders.get(json.id), { subtotal: now.subtotal, discount: now.discount_amount, charge: now.service_charge_amount ?? 0,
    taxes: taxesByRate(now.taxes) }), [], `order ${json.id}`);
}

/** The session's bill is what the evening makes it. */
export async function expectBill(world, session) {
  const token = world.sessions.get(session).house.tokens.waiter;
  const answer = await read(world, `/api/sessions/${session}/bill`, token);
  const { orders, figures, bill } = reckon(world, session), now = standing(answer), what = `session ${session}`;
  assert.deepEqual(answer.orders.map((o) => o.id).sort(), orders.map((o) => o.id).sort(), what);
  for (const [mine, theirs] of Object.entries(fieldsOf)) assert.equal(now[theirs], bill[mine], `${what}: ${theirs}`);
  assert.equal(now.service_charge_amount ?? 0, bill.charge, what);
  assert.equal(answer.paid, bill.paid, `${what}: paid`);
  assert.equal(answer.due - (answer.credit ?? 0), bill.total - bill.paid, `${what}: due`);
  assert.equal(sum(answer.shares, (s) => s.amount), answer.due, `${what}: shares`);
  const wanted = [...reckonedTaxes(figures)].filter(([, amount]) => amount !== 0);
  assert.deepEqual([...taxesByRate(now.taxes)].filter(([, amount]) => amount !== 0).sort(), wanted.sort(), `${what}: taxes`);
  for (const { id } of orders) expectOrder(world, await read(world, `/api/orders/${id}`, token));
}

/**
 * Each order of the bill has the money that the ledger gives it: but for units
 * of rounding, since which order bears those is no rule.
 */
export async function expectLedger(world, session) {
  const answer = await read(world, `/api/sessions/${session}/bill`, world.sessions.get(session).house.tokens.waiter);
  const wanted = new Map(billOf(world.ledger, session).orders.filter((o) => o.standing).map((o) => [o.id, o]));
  assert.equal(answer.orders.length, wanted.size, `session ${session}`);
  for (const { id, paid, due } of answer.orders) {
    const off = Math.max(Math.abs(paid - wanted.get(id).paid), Math.abs(due - wanted.get(id).due));
    assert.ok(off <= 2 * wanted.size, `session ${session}: order ${id} has ${paid} and owes ${due}, not ${wanted.get(id).paid} and ${wanted.get(id).due}`);
  }
}

/** All bills that something was done to since they were looked at, and orders without a table. */
export async function expectBills(world) {
  for (const [id, session] of world.sessions) {
    if (!session.touched || session.into) continue;
    await expectBill(world, id);
    if (world.ledger) await expectLedger(world, id);
    session.touched = false;
  }
  for (const o of world.orders.values()) {
    if (o.session || !o.touched || !o.standing) continue;
    const json = await read(world, `/api/orders/${o.id}`, o.house.tokens.waiter);
    const [figures] = tableFigures([o]);
    assert.equal(standing(json).total_amount, figures.total, `order ${o.id}`);
    expectOrder(world, json);
    o.touched = false;
  }
}

/** A restaurant's evening: what its report has to say. */
export function reckonHouse(world, here) {
  const sessions = [...world.sessions].filter(([id, s]) => s.house === here && homeOf(world, id) === id).map(([id]) => reckon(world, id).figures);
  const alone = [...world.orders.values()].filter((o) => o.house === here && !o.session && o.standing).map((o) => tableFigures([o]));
  const figures = [...sessions, ...alone].flat(), payments = [...world.payments.values()].filter((p) => p.house === here);
  const of = (field) => sum(figures, (f) => f[field]);
  return { orders: figures.length, subtotal: of('subtotal'), tax_amount: of('tax'), tip_amount: of('tip'), discount_amount: of('discount'), deposit_used: of('deposit'), total_amount: of('total'),
    payments: payments.length, paid: sum(payments, (p) => p.amount), tips: sum(payments, (p) => p.tip), refunded: sum(payments, (p) => p.refunded), refunded_tips: sum(payments, (p) => p.refundedTip) };
}
