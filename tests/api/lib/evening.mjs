// An evening in two restaurants, as those who work and eat there know it: what
// was asked for and answered. The bills are reckoned from that (costs.mjs) and
// compared with the program's; nothing here reads its database.
import assert from 'node:assert/strict';
import { call, expectStatus, get, newKey, readMenu, tokenOf } from './client.mjs';
import { misfitsOf, tableFigures } from './costs.mjs';
import { adopt, answered, homeOf, keptOf, ownerOf, stands } from './known.mjs';
import { append, billOf, replay } from './ledger.mjs';
import { operations } from './operations.mjs';
import { newSecret, Provider } from './provider.mjs';
import { sum } from './sums.mjs';

const roles = ['waiter', 'cashier', 'manager', 'kitchen'];
const plain = { prices_include_tax: false, tax_parts: null, service_charge_ppm: 0, service_charge_tax_rate_ppm: null, cash_rounding: 1, round_all_methods: false };

/** One of the restaurants: those who work there, what it offers and how it reckons. */
async function house(stack, slug, changes, price) {
  const settings = { ...plain, ...changes };
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
  const world = { stack, parties: [], sessions: new Map(), orders: new Map(), diners: new Map(), payments: new Map(), refunds: new Map(), intents: new Map(), done: [], counts: new Map(), ledger: ledger ? replay([]) : null };
  for (const [slug, settings, price] of houses) {
    const here = await house(stack, slug, settings, price);
    for (const { id, code } of stack.restaurant(slug).tables.slice(0, tables)) world.parties.push({ house: here, table: id, code, session: null, pin: null, diners: [] });
  }
  return world;
}

// ---- doing

const known = (name) => operations[name] ?? assert.fail(`no operation ${name}`);

/** An operation at random: {op, party, args}, which another run can repeat; null if there is nothing to do. */
export async function draw(world, r, names) {
  const op = r.from(names), party = r.below(world.parties.length);
  const args = await known(op).draw(world, world.parties[party], r);
  return args && { op, party, args, twice: Boolean(known(op).keyed) && r.below(8) === 0 };
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
  const { request, send, learn, learnRefusal, document, refusals } = known(op), here = world.parties[party];
  const told = { op, party, args };
  world.done.push(told);
  const answer = await (send ? answered(() => send(world, here, args)) : ask(world, request(world, here, args), twice));
  const count = (what) => world.counts.set(`${op} ${what}`, (world.counts.get(`${op} ${what}`) ?? 0) + 1);
  Object.assign(told, { answer: answer.status, code: answer.json?.code });
  if (answer.status < 300) {
    count('done');
    await learn(world, here, args, answer.json);
    const written = world.ledger && document?.(world, here, args, answer.json);
    return written && append(world.ledger, written);
  }
  count(answer.json?.code);
  if (learnRefusal) await learnRefusal(world, here, args);
  return assert.ok(refusals.includes(answer.json?.code), `${JSON.stringify({ op, party, args })}: ${answer.status} ${answer.text}`);
}

// ---- comparing

/** What there is to read, as soon as somebody answers. */
export const read = async (world, path, token) => expectStatus(await answered(() => get(world.stack, path, { token })), 200).json;

const fieldsOf = { subtotal: 'subtotal', discount: 'discount_amount', charge: 'service_charge_amount', tax: 'tax_amount', tip: 'tip_amount', deposit: 'deposit_used', total: 'total_amount' };

/** An order's or a bill's figures as they stand now. */
const standing = (json) => ({ ...json, ...json.adjusted });

const ordersIn = (world, session) => [...world.orders.values()].filter((o) => stands(o) && homeOf(world, o.session) === session);
const paymentsIn = (world, session) => [...world.payments.values()].filter((p) => homeOf(world, p.session) === session);
const figuresOf = (orders) => tableFigures([...orders].sort((a, b) => (a.placed < b.placed ? -1 : 1)));

/** What pays an order without a table. */
const paidFor = (world, o) => sum([...world.payments.values()].filter((p) => p.order === o.id), keptOf);

/** What is known of a session comes to these figures. */
export function reckon(world, session) {
  const orders = ordersIn(world, session), figures = figuresOf(orders);
  const bill = Object.fromEntries(['subtotal', 'discount', 'charge', 'tax', 'tip', 'deposit', 'total'].map((field) => [field, sum(figures, (f) => f[field])]));
  bill.paid = sum(paymentsIn(world, session), keptOf);
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
  assert.deepEqual(misfitsOf(world.orders.get(json.id), { subtotal: now.subtotal, discount: now.discount_amount, charge: now.service_charge_amount,
    taxes: taxesByRate(now.taxes) }), [], `order ${json.id}`);
}

/**
 * How far taxes may be off, and what follows from them: each note that was given
 * back is rounded at each rate, and an order of which all was given back comes to
 * nothing, whichever unit it bears. So does one whose deposit is more than it
 * comes to.
 */
const slackOf = (orders) => sum(orders, (o) => o.notes.length * 4 + (o.deposit > 0 ? 8 : 0));

/** The same by field; the others are exact. A tip is given back after all else, which may be a unit more or less. */
function slacksOf(orders) {
  const slack = slackOf(orders), tip = slackOf(orders.filter((o) => o.notes.length > 0));
  return { tax_amount: slack, discount_amount: slack, service_charge_amount: slack, deposit_used: slack, total_amount: slack, tip_amount: tip };
}

function expectFigures(now, { orders, figures, bill }, what) {
  const slacks = slacksOf(orders), taxes = taxesByRate(now.taxes), wanted = reckonedTaxes(figures);
  for (const [mine, theirs] of Object.entries(fieldsOf)) {
    const off = Math.abs(now[theirs] - bill[mine]);
    assert.ok(off <= (slacks[theirs] ?? 0), `${what}: ${theirs} ${now[theirs]}, not ${bill[mine]}`);
  }
  for (const rate of new Set([...taxes.keys(), ...wanted.keys()])) {
    const off = Math.abs((taxes.get(rate) ?? 0) - (wanted.get(rate) ?? 0));
    assert.ok(off <= slacks.tax_amount, `${what}: tax at ${rate} ${taxes.get(rate)}, not ${wanted.get(rate)}`);
  }
}

/** The shares of a split bill add up to it, and none has too much while another owes. */
async function expectSum(world, session, bill, token) {
  const answer = await answered(() => get(world.stack, `/api/sessions/${session}/split`, { token }));
  if (answer.status === 404) return;
  const { shares } = expectStatus(answer, 200).json;
  assert.deepEqual([sum(shares, (s) => s.due), sum(shares, (s) => s.credit)], [bill.due, bill.credit], `session ${session}: shares ${JSON.stringify(shares)}`);
}

/** The session's bill is what the evening makes it. */
export async function expectBill(world, session) {
  const token = world.sessions.get(session).house.tokens.waiter, what = `session ${session}`;
  const answer = await read(world, `/api/sessions/${session}/bill`, token);
  assert.deepEqual(answer.orders.map((o) => o.id).sort(), ordersIn(world, session).map((o) => o.id).sort(), what);
  for (const { id, adjustments } of answer.orders) adopt(world, world.orders.get(id), adjustments);
  const known = reckon(world, session), { orders, bill } = known;
  expectFigures(answer, known, what);
  assert.equal(answer.paid - answer.refunded, bill.paid, `${what}: paid`);
  assert.equal(answer.due - answer.credit, answer.total_amount - bill.paid, `${what}: due`);
  assert.ok(answer.due === 0 || answer.credit === 0, `${what}: due ${answer.due} and credit ${answer.credit}`);
  assert.equal(sum(answer.shares, (s) => s.amount), answer.due, `${what}: shares`);
  await expectSum(world, session, answer, token);
  for (const { id } of orders) expectOrder(world, await read(world, `/api/orders/${id}`, token));
}

/**
 * Each order of the bill has the money that the ledger gives it: but for units
 * of rounding, since which order bears those is no rule.
 */
export async function expectLedger(world, session) {
  const answer = await read(world, `/api/sessions/${session}/bill`, world.sessions.get(session).house.tokens.waiter);
  const wanted = new Map(billOf(world.ledger, session).orders.filter((o) => o.standing).map((o) => [o.id, o]));
  // Which order bears a unit of a rounding is no rule: one of its service charge, one of each part of a tax.
  const units = sum([...wanted.values()], (o) => 1 + sum(o.taxes, (x) => x.amounts.length));
  const slack = units + 2 * slackOf(ordersIn(world, session));
  const near = (a, b) => Math.abs(a - b) <= slack;
  assert.equal(answer.orders.length, wanted.size, `session ${session}`);
  for (const { id, paid, refunded, due } of answer.orders) {
    const mine = wanted.get(id);
    assert.ok(near(paid - refunded, mine.paid) && near(due, mine.due), `session ${session}: order ${id} has ${paid - refunded} and owes ${due}, not ${mine.paid} and ${mine.due}`);
  }
  await expectShares(world, session, near);
}

/** What is due of each owner's shares is what the ledger has: a unit decides whether one is paid, and a further one begun. */
async function expectShares(world, session, near) {
  const mine = billOf(world.ledger, session).shares;
  const answer = await answered(() => get(world.stack, `/api/sessions/${session}/split`, { token: world.sessions.get(session).house.tokens.waiter }));
  const theirs = answer.status === 404 ? [] : expectStatus(answer, 200).json.shares;
  const told = (list) => JSON.stringify(list.map((s) => [s.label ?? s.id, s.amount, s.paid]));
  const dueOf = (list, owner) => sum(list.filter((s) => ownerOf(s) === owner), (s) => s.amount - s.paid);
  const same = [...theirs, ...mine].map(ownerOf).every((owner) => near(dueOf(theirs, owner), dueOf(mine, owner)));
  assert.ok(same, `session ${session}: shares ${told(theirs)}, not ${told(mine)}`);
}

/** An order without a table as it is shown; null if it is deleted: then no money may be on it. */
export async function readOrder(world, o) {
  const answer = await answered(() => get(world.stack, `/api/orders/${o.id}`, { token: o.house.tokens.waiter }));
  if (answer.status !== 404 || !o.ended) return expectStatus(answer, 200).json;
  assert.equal(paidFor(world, o), 0, `order ${o.id} is deleted`);
  return null;
}

/** An order without a table is what the evening makes it; one that has ended comes to nothing, and may have money on it. */
async function expectAlone(world, o) {
  const json = await readOrder(world, o), paid = paidFor(world, o);
  if (json === null) return;
  adopt(world, o, json.adjustments);
  const now = stands(o) ? standing(json).total_amount : 0, wanted = stands(o) ? tableFigures([o])[0].total : 0;
  assert.ok(Math.abs(now - wanted) <= slackOf([o]), `order ${o.id}: ${now}, not ${wanted}`);
  assert.equal(json.due - json.credit, now - paid, `order ${o.id}: due`);
  if (stands(o)) expectOrder(world, json);
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
    if (o.session || !o.touched) continue;
    await expectAlone(world, o);
    o.touched = false;
  }
}

/** A restaurant's evening: what its report has to say, and how far each field may be off. */
export function reckonHouse(world, here) {
  const orders = [...world.orders.values()].filter((o) => o.house === here && stands(o));
  const sessions = [...world.sessions].filter(([id, s]) => s.house === here && homeOf(world, id) === id).map(([id]) => reckon(world, id).figures);
  const figures = [...sessions, ...orders.filter((o) => !o.session).map((o) => tableFigures([o]))].flat();
  const payments = [...world.payments.values()].filter((p) => p.house === here && !p.voided);
  const refunds = payments.flatMap((p) => [...p.refunds.values()].filter((f) => f.status === 'done'));
  const of = (field) => sum(figures, (f) => f[field]);
  const totals = { orders: figures.length, subtotal: of('subtotal'), tax_amount: of('tax'), tip_amount: of('tip'), discount_amount: of('discount'), service_charge_amount: of('charge'), deposit_used: of('deposit'), total_amount: of('total'),
    payments: payments.length, paid: sum(payments, (p) => p.amount), tips: sum(payments, (p) => p.tip), deposits: sum(payments.filter((p) => p.deposit), (p) => p.amount),
    rounding_amount: sum(payments, (p) => p.rounding) - sum(refunds, (f) => f.rounding), refunded: sum(refunds, (f) => f.amount), refunded_tips: sum(refunds, (f) => f.tip) };
  return { totals, slacks: slacksOf(orders), unallocated: totals.paid - totals.deposits - totals.rounding_amount - totals.refunded - sum(payments, (p) => (p.deposit ? 0 : keptOf(p))) };
}
