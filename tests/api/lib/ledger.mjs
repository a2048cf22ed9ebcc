// The bill as its documents make it: orders, adjustments, payments, refunds,
// splits, moves and merges, replayed from the first to the last. It knows
// nothing of the program; docs/money.md tells the same to people.
//
// A document: {doc: 'order', id, session, ...}; `documents` below has them all.
// What may not be done throws Refused with the code that the API answers.
import { rateOf, tableFigures, unitPrice } from './costs.mjs';
import { divide, follow } from './shares.mjs';
import { equally, sum, toCoin } from './sums.mjs';

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
const refuse = (code) => { throw new Refused(code); };

/** What all documents together make: {orders, sessions, payments, holds}. */
export function replay(documents) {
  const state = { orders: new Map(), sessions: new Map(), payments: new Map(), holds: new Map() };
  for (const document of documents) append(state, document);
  return state;
}

/** One more document. */
export function append(state, document) {
  const touched = kinds[document.doc](state, document) ?? [document.session];
  for (const id of new Set(touched)) {
    net(state, id);
    follow(sessionOf(state, id), balanceOf(state, id), dinerOf(state, document));
  }
}

const dinerOf = (state, { doc, id, order }) => state.orders.get(doc === 'order' ? id : order)?.diner ?? null;

const sessionOf = (state, id) => {
  if (!state.sessions.has(id)) state.sessions.set(id, { id, diners: [], waived: false, by: null, shares: [] });
  return state.sessions.get(id);
};

/** An order without a session is a table of its own. */
const tableOf = (order) => order.session ?? order.id;
const ordersOf = (state, table) => [...state.orders.values()].filter((o) => tableOf(o) === table);
const partsFor = (state, order) => [...state.payments.values()].flatMap((p) => p.parts.filter((part) => part.order === order.id));
const keptFor = (state, order) => sum(partsFor(state, order), (part) => part.amount);

/** The orders of a table with their figures and with what was paid, oldest first. */
export function ordersAt(state, table) {
  const orders = ordersOf(state, table);
  return tableFigures(orders).map((figures, i) => {
    const paid = keptFor(state, orders[i]);
    return { ...figures, diner: orders[i].diner ?? null, standing: orders[i].standing, paid,
      due: Math.max(0, figures.total - paid), credit: Math.max(0, paid - figures.total) };
  });
}

const balanceOf = (state, table) => sum(ordersAt(state, table), (o) => o.total - o.paid);

/** Money that is too much for one order pays what is due of another, the oldest first. */
function net(state, table) {
  for (const over of ordersAt(state, table).filter((o) => o.credit > 0)) {
    let credit = over.credit;
    for (const under of ordersAt(state, table).filter((o) => o.due > 0)) {
      credit -= shift(state, over.id, under.id, Math.min(credit, under.due));
    }
  }
}

function shift(state, from, to, amount) {
  let left = amount;
  for (const payment of state.payments.values()) {
    for (const part of payment.parts.filter((p) => p.order === from && p.amount > 0)) {
      const moved = Math.min(left, part.amount);
      part.amount -= moved;
      if (moved > 0) payment.parts.push({ order: to, amount: moved });
      left -= moved;
    }
  }
  return amount - left;
}

/** The bill of a table: sums over its orders, its taxes by rate, its shares; {due, credit} and all amounts in minor units. */
export function billOf(state, table) {
  const orders = ordersAt(state, table);
  const taxes = new Map();
  for (const t of orders.flatMap((o) => o.taxes)) {
    const known = taxes.get(t.kind.key) ?? { rate: t.kind.rate, inclusive: t.kind.inclusive, base: 0, parts: t.kind.parts.map((p) => ({ ...p, amount: 0 })) };
    known.base += t.kind.base;
    for (const [i, amount] of t.amounts.entries()) known.parts[i].amount += amount;
    taxes.set(t.kind.key, known);
  }
  const of = (field) => sum(orders, (o) => o[field]);
  const figures = Object.fromEntries(['subtotal', 'discount', 'charge', 'tax', 'tip', 'deposit', 'total', 'paid'].map((field) => [field, of(field)]));
  // Where there are shares, one's money pays for no other.
  const shares = sharesOf(state, table), owe = shares.length > 0 ? shares : orders;
  return { ...figures, due: sum(owe, (x) => x.due), credit: sum(owe, (x) => x.credit), orders, taxes: [...taxes.values()], shares };
}

const sharesOf = (state, table) => (state.sessions.get(table)?.shares ?? []).map((s) =>
  ({ ...s, due: Math.max(0, s.amount - s.paid), credit: Math.max(0, s.paid - s.amount) }));

/** Money over all tables: what came in, what it settled, and what the two differ by. */
export function totalsOf(state) {
  const tables = new Set([...state.orders.values()].map(tableOf));
  const bills = [...tables].map((table) => billOf(state, table));
  const payments = [...state.payments.values()];
  const of = (field) => sum(bills, (b) => b[field]);
  return { total: of('total'), due: of('due'), credit: of('credit'), settled: of('paid'), tax: of('tax'),
    money: sum(payments, (p) => p.money), rounding: sum(payments, (p) => p.rounding), tips: sum(payments, (p) => p.tip),
    deposits: sum(payments.filter((p) => p.deposit), (p) => p.money) };
}

// ---- orders ----

function placeOrder(state, o) {
  const session = o.session ? sessionOf(state, o.session) : null;
  const settings = o.settings ?? {};
  const lines = o.items.map((item) => ({ id: item.id, quantity: item.quantity, unit: unitPrice(item), rate: rateOf(item, settings, o.type ?? 'dine_in') }));
  const order = { ...o, type: o.type ?? 'dine_in', settings, lines, standing: true, waived: session?.waived ?? false, adjustments: [], notes: [] };
  state.orders.set(o.id, order);
  if (tableFigures([order])[0].total < 0) refuse('invalid_total');
  if (o.deposit_id && depositLeft(state, o.deposit_id) < 0) refuse('overpaid');
  return [tableOf(order)];
}

/** What no standing order has taken of a deposit. */
const depositLeft = (state, id) => state.payments.get(id).money
  - sum([...state.orders.values()].filter((o) => o.standing && o.deposit_id === id), (o) => o.deposit);

const takeDeposit = (state, { id, amount }) => {
  state.payments.set(id, { id, deposit: true, parts: [], money: amount, rounding: 0, tip: 0 });
  return [];
};

const orderOf = (state, { order }) => state.orders.get(order) ?? refuse('not_found');

/** How many of a line are left. */
const leftOf = (order, item) => order.lines.find((l) => l.id === item).quantity
  - sum(order.adjustments.filter((a) => a.item === item && ['void', 'comp'].includes(a.kind)), (a) => a.quantity);

/** A line leaves the bill, whole or in part; with the last one voided the order ends. */
function takeLine(order, kind, item, quantity = leftOf(order, item)) {
  if (quantity < 1 || quantity > leftOf(order, item)) refuse('validation_failed');
  order.adjustments.push({ kind, item, quantity });
  const allVoid = order.lines.every((l) => leftOf(order, l.id) === 0) && order.adjustments.every((a) => a.kind !== 'comp');
  if (kind === 'void' && allVoid) order.standing = false;
}

function adjust(state, a) {
  const order = orderOf(state, a);
  if (!order.standing) refuse('order_cancelled');
  takeLine(order, a.doc, a.item, a.quantity);
  return [tableOf(order)];
}

function giveDiscount(state, a) {
  const order = orderOf(state, a);
  order.adjustments.push({ kind: 'discount', item: a.item, amount: a.amount, rate_ppm: a.rate_ppm });
  return [tableOf(order)];
}

/** For all that the table has and will have. */
function waive(state, a) {
  const order = orderOf(state, a);
  const table = tableOf(order);
  for (const each of ordersOf(state, table)) each.waived = true;
  sessionOf(state, table).waived = true;
  return [table];
}

function endOrder(state, a) {
  const order = orderOf(state, a);
  if (keptFor(state, order) > 0) refuse('order_paid');
  order.standing = false;
  return [tableOf(order)];
}

/** Lines go to another table: void here, and an order of the same prices there. */
function transfer(state, t) {
  const order = orderOf(state, t);
  const lines = t.items.map(({ item, quantity, id }) => ({ ...order.lines.find((l) => l.id === item), id, quantity }));
  for (const { item, quantity } of t.items) takeLine(order, 'void', item, quantity);
  const to = sessionOf(state, t.to);
  state.orders.set(t.id, { ...order, id: t.id, session: t.to, diner: null, lines, standing: true, waived: to.waived,
    discount: 0, tip: 0, deposit: 0, adjustments: [], notes: [] });
  return [tableOf(order), t.to];
}

function merge(state, m) {
  const [from, to] = [sessionOf(state, m.from), sessionOf(state, m.to)];
  for (const order of ordersOf(state, m.from)) order.session = m.to;
  to.diners.push(...from.diners.splice(0));
  return [m.to];
}

// ---- payments ----

/** A table's orders with what is due of each and held for nobody. */
function openAt(state, table) {
  const holds = [...state.holds.values()].filter((h) => h.active).flatMap((h) => h.parts);
  return ordersAt(state, table).map((o) => ({ ...o, due: o.due - sum(holds.filter((part) => part.order === o.id), (part) => part.amount) })).filter((o) => o.due > 0);
}

/** What a payment is for: orders, and what each may take of it. */
function targetOf(state, p) {
  if (p.order) return openAt(state, tableOf(orderOf(state, p))).filter((o) => o.id === p.order);
  const open = openAt(state, p.session);
  if (!p.diner) return open;
  const parts = sessionOf(state, p.session).diners.length;
  const at = sessionOf(state, p.session).diners.indexOf(p.diner);
  const shared = open.filter((o) => o.diner === null);
  let part = equally(sum(shared, (o) => o.due), parts)[at];
  const some = shared.map((o) => ({ ...o, due: Math.min(o.due, part), left: (part -= Math.min(o.due, part)) }));
  return [...open.filter((o) => o.diner === p.diner), ...some];
}

const coinOf = (p) => (p.method === 'cash' || p.round_all_methods ? p.cash_rounding ?? 1 : 1);

/**
 * What the money settles of what is due: all of it, if it is all that coins can
 * make of it. Who knows already says so (settled): which order bears the odd
 * unit of a rounding is no rule, so what is due of one order may be a unit off.
 */
function settledBy(p, due) {
  if (p.settled !== undefined) return p.settled;
  if ((p.amount > 0 || due > 0) && p.amount === toCoin(due, coinOf(p))) return due;
  return p.amount > due ? refuse('overpaid') : p.amount;
}

function payPart(parts, order, amount) {
  parts.push({ order, amount });
  return amount;
}

/** Money that somebody is about to pay online, the oldest order first; a diner has one such at a time. */
function hold(state, h) {
  for (const other of state.holds.values()) if (h.diner && other.diner === h.diner) other.active = false;
  const parts = [];
  let left = h.amount;
  for (const o of targetOf(state, { order: h.order, session: h.session })) left -= payPart(parts, o.id, Math.min(o.due, left));
  if (left > 0) refuse('overpaid');
  state.holds.set(h.id, { diner: h.diner, parts, active: true });
  return [];
}

const endHold = (state, { id }) => {
  state.holds.get(id).active = false;
  return [];
};

/** The orders that it was held for, however late it comes, and whoever else holds something of them now. */
function heldFor(state, { intent }) {
  const held = state.holds.get(intent);
  if (!held) return null;
  held.active = false;
  const due = (id) => ordersAt(state, tableOf(state.orders.get(id))).find((o) => o.id === id).due;
  return held.parts.map((part) => ({ id: part.order, due: Math.min(part.amount, due(part.order)) }));
}

function pay(state, p) {
  const session = p.session ?? orderOf(state, p).session;
  const share = p.share && sessionOf(state, session).shares.find((s) => s.id === p.share);
  if (!p.share && p.amount > 0 && session && sessionOf(state, session).by) refuse('share_required');
  const target = heldFor(state, p) ?? targetOf(state, { ...p, session });
  const due = share ? share.amount - share.paid : sum(target, (o) => o.due);
  const settled = settledBy(p, due);
  let left = settled;
  const parts = [];
  for (const o of target) left -= payPart(parts, o.id, Math.min(o.due, left));
  if (share) share.paid += settled;
  if (left > 0) payPart(parts, ordersOf(state, session).at(-1).id, left); // another share has paid for this one's orders
  state.payments.set(p.id, { id: p.id, share, session, coin: coinOf(p), parts, money: p.amount, rounding: p.amount - settled, tip: p.tip ?? 0 });
  return [session ?? p.order];
}

const tablesOf = (state, payment) => payment.parts.map((part) => tableOf(state.orders.get(part.order)));

/** It never happened. */
function voidPayment(state, { payment: id }) {
  const payment = state.payments.get(id);
  const touched = tablesOf(state, payment);
  if (payment.share) payment.share.paid -= sum(payment.parts, (part) => part.amount);
  state.payments.delete(id);
  return touched;
}

/** Takes up to `amount` of the payment's money for an order back; how much it was. */
function takeBack(payment, order, amount) {
  let left = amount;
  for (const part of payment.parts.filter((x) => x.order === order)) {
    const taken = Math.min(left, part.amount);
    part.amount -= taken;
    left -= taken;
  }
  return amount - left;
}

const newestFirst = (state, payment) => [...state.orders.values()].filter((o) => payment.parts.some((part) => part.order === o.id)).reverse();
const creditOf = (state, order) => ordersAt(state, tableOf(order)).find((o) => o.id === order.id).credit;

/** Items that are given back are not charged: what that frees is the amount. */
function compItems(state, payment, items) {
  const before = sum(newestFirst(state, payment), (o) => creditOf(state, o));
  for (const { item, quantity } of items) {
    takeLine([...state.orders.values()].find((o) => o.lines.some((l) => l.id === item)), 'comp', item, quantity);
  }
  return sum(newestFirst(state, payment), (o) => creditOf(state, o)) - before;
}

/** Takes up to `amount` of what the payment's share, or else its orders, have too much; how much it was. */
function takeCredits(state, payment, amount) {
  const { share } = payment;
  let left = share ? Math.min(amount, Math.max(0, share.paid - share.amount)) : amount;
  const wanted = left;
  for (const order of newestFirst(state, payment)) left -= takeBack(payment, order.id, share ? left : Math.min(left, creditOf(state, order)));
  return wanted - left;
}

/** Money given back: credits first, then a discount for the rest, from the newest order on. */
function refund(state, r) {
  const payment = state.payments.get(r.payment);
  const touched = tablesOf(state, payment);
  const amount = r.items ? compItems(state, payment, r.items) : r.amount ?? 0;
  if (amount > sum(payment.parts, (part) => part.amount)) refuse('refund_exceeds_payment');
  let left = r.reopens_due ? amount : amount - takeCredits(state, payment, amount);
  let lowered = 0;
  for (const order of newestFirst(state, payment)) {
    const taken = takeBack(payment, order.id, left);
    left -= taken;
    if (taken > 0 && !r.reopens_due) order.notes.push(taken);
    lowered += r.reopens_due ? 0 : taken;
  }
  if (payment.share) giveBack(payment.share, amount, lowered);
  const money = toCoin(amount, payment.coin);
  payment.money -= money;
  payment.rounding -= money - amount;
  payment.tip -= r.tip ?? 0;
  return touched;
}

/** The share of a refunded payment: what was its credit, and what its bill fell by. */
function giveBack(share, amount, lowered) {
  share.paid -= amount;
  share.amount -= lowered;
}

// ---- splits ----

function split(state, s) {
  const session = sessionOf(state, s.session);
  divide(session, s, ordersAt(state, s.session));
}

function endSplit(state, s) {
  const session = sessionOf(state, s.session);
  if (session.shares.some((share) => share.paid > 0)) refuse('order_paid');
  Object.assign(session, { by: null, shares: [] });
}

const join = (state, d) => {
  sessionOf(state, d.session).diners.push(d.diner);
};

/** Every kind of document. */
const kinds = {
  join, order: placeOrder, void: adjust, comp: adjust, discount: giveDiscount, service_charge_waived: waive,
  cancel: endOrder, delete: endOrder, transfer, merge, hold, hold_end: endHold, payment: pay, payment_void: voidPayment, refund,
  split, split_end: endSplit, deposit: takeDeposit,
};
