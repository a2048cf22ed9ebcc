// The bill as its documents make it: orders, adjustments, payments, refunds,
// splits, moves and merges, replayed from the first to the last. It knows
// nothing of the program; docs/money.md tells the same to people.
//
// A document: {doc: 'order', id, session, ...}; `documents` below has them all.
// What may not be done throws Refused with the code that the API answers; `known`
// says that it was done, though a unit of rounding may be with another order.
import { rateOf, tableFigures, unitPrice } from './costs.mjs';
import { divide, follow, giveBack, joinShares, openShare, sharedParts } from './shares.mjs';
import { sum, toCoin } from './sums.mjs';

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}
const refuse = (code) => { throw new Refused(code); };

/** What all documents together make: {orders, sessions, payments, holds, promises}. */
export function replay(documents) {
  const state = { orders: new Map(), sessions: new Map(), payments: new Map(), holds: new Map(), promises: new Map(), joined: [] };
  for (const document of documents) append(state, document);
  return state;
}

/** One more document. */
export function append(state, document) {
  const touched = kinds[document.doc](state, document) ?? [document.session];
  for (const id of new Set(touched)) {
    net(state, id);
    follow(sessionOf(state, id), balanceOf(state, id), concernOf(state, id, document));
  }
}

/** Whose shares a document is about: the share that was paid, the items that it names (of a whole order all), a guest. */
function concernOf(state, table, { doc, id, order: of, item, items, payment: source }) {
  const payment = state.payments.get(doc === 'payment' ? id : source);
  if (payment) return { share: sessionOf(state, table).shares.includes(payment.share) ? payment.share : null };
  const order = state.orders.get(doc === 'order' ? id : of);
  if (!order || doc === 'order') return { diner: order?.diner };
  if (doc === 'service_charge_waived' || tableOf(order) !== table) return {}; // of the whole table; or lines that came from another
  const named = item ? [item] : items?.map((i) => i.item);
  return { diner: order.diner, items: named ?? order.lines.map((l) => l.id) };
}

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

/** As much of it of each, the first ones first: a list of {id, left}. */
function firstOf(orders, field, amount) {
  let rest = amount;
  return orders.map((o) => {
    const left = Math.min(o[field], rest);
    rest -= left;
    return { id: o.id, left };
  });
}

/** Money that is too much for some orders pays what is due of others, the oldest first on both sides; the oldest payment moves first. */
function net(state, table) {
  const orders = ordersAt(state, table), moved = Math.min(sum(orders, (o) => o.credit), sum(orders, (o) => o.due));
  const gives = firstOf(orders, 'credit', moved), takes = firstOf(orders, 'due', moved);
  const place = (part) => orders.findIndex((o) => o.id === part.order);
  for (const payment of state.payments.values())
    for (const part of [...payment.parts].sort((a, b) => place(a) - place(b)))
      for (const over of gives.filter((g) => g.id === part.order)) for (const under of takes) shift(payment, part, over, under);
}

function shift(payment, part, over, under) {
  const amount = Math.min(part.amount, over.left, under.left);
  if (amount <= 0) return;
  part.amount -= amount;
  over.left -= amount;
  under.left -= amount;
  payment.parts.push({ order: under.id, amount });
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
  const shares = sharesOf(state, table);
  return { ...figures, due: of('due'), credit: of('credit'), orders, taxes: [...taxes.values()], shares };
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

/** An order that is made without a service charge keeps that, wherever it goes. */
const termsAt = (session, settings) => (session?.waived ? { ...settings, service_charge_ppm: 0 } : settings);

function placeOrder(state, o) {
  const session = o.session ? sessionOf(state, o.session) : null;
  const settings = termsAt(session, o.settings ?? {});
  const lines = o.items.map((item) => ({ id: item.id, quantity: item.quantity, unit: unitPrice(item), rate: rateOf(item, settings, o.type ?? 'dine_in') }));
  const order = { ...o, type: o.type ?? 'dine_in', settings, lines, standing: true, waived: false, adjustments: [], notes: [] };
  state.orders.set(o.id, order);
  if (tableFigures([order])[0].deposit < (o.deposit ?? 0)) refuse('invalid_total');
  if (o.deposit_id && !o.known && depositLeft(state, o.deposit_id) < 0) refuse('overpaid');
  return [tableOf(order)];
}

/** What no standing order has taken of a deposit. */
const depositLeft = (state, id) => state.payments.get(id).money
  - sum([...state.orders.values()].filter((o) => o.deposit_id === id), (o) => tableFigures([o])[0].deposit);

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
  if (keptFor(state, order) > 0 && !a.known) refuse('order_paid');
  order.standing = false;
  return [tableOf(order)];
}

/** Lines go to another table: void here, and an order of the same prices there. */
function transfer(state, t) {
  const order = orderOf(state, t);
  const lines = t.items.map(({ item, quantity, id }) => ({ ...order.lines.find((l) => l.id === item), id, quantity }));
  for (const { item, quantity } of t.items) takeLine(order, 'void', item, quantity);
  const to = sessionOf(state, t.to);
  state.orders.set(t.id, { ...order, id: t.id, session: t.to, diner: null, settings: termsAt(to, order.settings), lines, standing: true, waived: false,
    discount: 0, tip: 0, deposit: 0, deposit_id: undefined, adjustments: [], notes: [] });
  return [tableOf(order), t.to];
}

function merge(state, m) {
  const [from, to] = [sessionOf(state, m.from), sessionOf(state, m.to)];
  for (const order of ordersOf(state, m.from)) order.session = m.to;
  to.diners.push(...from.diners.splice(0));
  to.diners.sort((a, b) => state.joined.indexOf(a) - state.joined.indexOf(b));
  for (const payment of state.payments.values()) if (payment.session === m.from) payment.session = m.to;
  joinShares(from, to);
  return [m.to];
}

// ---- payments ----

/** A table's orders with what is due of each and held for nobody. */
function openAt(state, table) {
  const holds = [...state.holds.values()].filter((h) => h.active).flatMap((h) => h.parts);
  return ordersAt(state, table).map((o) => ({ ...o, due: o.due - sum(holds.filter((part) => part.order === o.id), (part) => part.amount) })).filter((o) => o.due > 0);
}

/** Whose turn it is with a share's money: the guest's own orders or those with its items; of a guest's, what is nobody's; the others. */
function turnOf(order, { diner, items }) {
  if (diner !== null) return order.diner === diner ? 0 : order.diner === null ? 1 : 2;
  return order.lines.some((l) => items.includes(l.id)) ? 0 : 2;
}

const inTurn = (orders, share) => [0, 1, 2].flatMap((turn) => orders.filter((o) => turnOf(o, share) === turn));

/** What each guest has to pay of what is nobody's in particular. */
function sharedAt(state, table) {
  const shared = ordersAt(state, table).filter((o) => o.diner === null);
  const paidBy = (diner) => sum([...state.payments.values()].filter((p) => p.session === table && p.guest === diner),
    (p) => sum(p.parts.filter((part) => shared.some((o) => o.id === part.order)), (part) => part.amount));
  return sharedParts(sum(shared, (o) => o.due), sessionOf(state, table).diners.map(paidBy));
}

/** What a payment is for: orders, and what each may take of it. */
function targetOf(state, p) {
  if (p.order) return openAt(state, tableOf(orderOf(state, p))).filter((o) => o.id === p.order);
  const open = openAt(state, p.session);
  if (p.share) return inTurn(open, p.share);
  if (!p.diner) return open;
  let part = sharedAt(state, p.session)[sessionOf(state, p.session).diners.indexOf(p.diner)];
  const some = open.filter((o) => o.diner === null).map((o) => ({ ...o, due: Math.min(o.due, part), left: (part -= Math.min(o.due, part)) }));
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

const shareOf = (state, session, id) => (session && sessionOf(state, session).shares.find((s) => s.id === id)) ?? null;

/** Money that somebody is about to pay online, the oldest order first; a diner has one such at a time. */
function hold(state, h) {
  for (const other of state.holds.values()) if (h.payer && other.payer === h.payer) other.active = false;
  const share = shareOf(state, h.session, h.share), parts = [];
  let left = h.amount;
  for (const o of targetOf(state, { order: h.order, session: h.session, share })) left -= payPart(parts, o.id, Math.min(o.due, left));
  if (left > 0 && !h.known) refuse('overpaid');
  state.holds.set(h.id, { payer: h.payer, share, parts, active: true });
  return [];
}

const endHold = (state, { id }) => {
  state.holds.get(id).active = false;
  return [];
};

/** The orders that it was held for, however late it comes, and whoever else holds something of them now; then all others. */
function heldFor(state, table, { intent }) {
  const held = state.holds.get(intent);
  if (!held) return null;
  held.active = false;
  const orders = ordersAt(state, table);
  const first = held.parts.filter((part) => orders.some((o) => o.id === part.order))
    .map((part) => ({ id: part.order, due: Math.min(part.amount, orders.find((o) => o.id === part.order).due) }));
  const rest = orders.map((o) => ({ id: o.id, due: o.due - sum(first.filter((part) => part.id === o.id), (part) => part.due) }));
  return [...first, ...rest];
}

/** The share that a payment is for; what comes late for none that there is any more is the rest's. */
function shareFor(state, session, p) {
  const known = p.intent ? sessionOf(state, session).shares.find((s) => s === state.holds.get(p.intent)?.share) : shareOf(state, session, p.share);
  if (known || !session || !sessionOf(state, session).by || p.amount === 0 || p.settled === 0) return known ?? null;
  return p.intent ? openShare(sessionOf(state, session)) : refuse('share_required');
}

function pay(state, p) {
  const session = p.session ?? orderOf(state, p).session;
  const share = shareFor(state, session, p);
  const target = heldFor(state, session ?? p.order, p) ?? targetOf(state, { ...p, session, share });
  const settled = settledBy(p, share && !p.intent ? share.amount - share.paid : sum(target, (o) => o.due));
  let left = settled;
  const parts = [];
  for (const o of target) left -= payPart(parts, o.id, Math.min(o.due, left));
  if (share) share.paid += settled;
  if (left > 0) payPart(parts, (target.at(-1) ?? ordersOf(state, session ?? p.order).at(-1)).id, left); // units of rounding that are with another order
  const own = p.intent && !state.holds.get(p.intent)?.share ? null : share; // the rest only took it
  const guest = p.diner ?? (p.intent ? state.holds.get(p.intent)?.share : share)?.diner;
  state.payments.set(p.id, { id: p.id, order: p.order, share: own, session, diner: p.diner, guest, coin: coinOf(p), parts, money: p.amount, rounding: p.amount - settled, tip: p.tip ?? 0 });
  return [session ?? p.order];
}

const tablesOf = (state, payment) => payment.parts.map((part) => tableOf(state.orders.get(part.order)));

/** Its money no longer counts for the shares of its table. */
function leaveShares(state, payment, amount) {
  const session = payment.session && sessionOf(state, payment.session);
  if (session?.by) giveBack(session, session.shares.includes(payment.share) ? payment.share : null, amount);
}

/** It never happened. */
function voidPayment(state, { payment: id }) {
  const payment = state.payments.get(id);
  const touched = tablesOf(state, payment);
  leaveShares(state, payment, sum(payment.parts, (part) => part.amount));
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

/** Items that are given back are not charged: what that frees of each order goes back. */
function giveItems(state, payment, items) {
  let given = 0;
  const totalOf = (order) => ordersAt(state, tableOf(order)).find((o) => o.id === order.id).total;
  for (const { item, quantity } of items) {
    const order = [...state.orders.values()].find((o) => o.lines.some((l) => l.id === item)), before = totalOf(order);
    takeLine(order, 'comp', item, quantity);
    given += takeBack(payment, order.id, before - totalOf(order));
  }
  return given;
}

/** What the table has too much, but for what others that wait for their provider will give back. */
function freeCredit(state, payment, refund) {
  const table = payment.session ?? payment.order;
  const waiting = [...state.promises].filter(([id, p]) => p.pending && id !== refund && (p.payment.session ?? p.payment.order) === table);
  return Math.max(0, sum(ordersAt(state, table), (o) => o.credit) - sum(waiting, ([, p]) => p.credit));
}

/** A refund through a provider: what is credit now will not lower the sale. */
function beginRefund(state, { refund: id, payment: of, amount, asked }) {
  const payment = state.payments.get(of), own = (o) => sum(payment.parts.filter((part) => part.order === o.id), (part) => part.amount);
  const credit = sum(newestFirst(state, payment), (o) => Math.min(creditOf(state, o), own(o)));
  state.promises.set(id, { payment, asked, credit: Math.min(amount, credit, freeCredit(state, payment)), pending: true });
  return [];
}

const failRefund = (state, { refund: id }) => {
  state.promises.get(id).pending = false;
  return [];
};

/** What the orders of the payment have too much goes back first; beyond it the sale is less, from the newest order on. */
function giveAmount(state, payment, { refund: id, amount, reopens_due: reopens, order: only }) {
  let left = amount, free = freeCredit(state, payment, id);
  const promise = state.promises.get(id);
  let lowers = reopens ? 0 : promise ? promise.asked - promise.credit : amount;
  state.promises.delete(id);
  const orders = newestFirst(state, payment).filter((o) => !only || o.id === only);
  for (const order of orders) {
    const taken = takeBack(payment, order.id, Math.min(left, free, creditOf(state, order)));
    left -= taken;
    free -= taken;
  }
  for (const order of orders) {
    const own = sum(payment.parts.filter((part) => part.order === order.id), (part) => part.amount);
    const taken = takeBack(payment, order.id, Math.min(left, Math.max(0, own - creditOf(state, order))));
    left -= taken;
    const note = Math.min(taken, lowers);
    lowers -= note;
    if (note > 0) order.notes.push({ amount: note, adjustments: [...order.adjustments], waived: order.waived });
  }
  for (const order of orders) left -= takeBack(payment, order.id, left); // credit that another is to give back
  return amount - left;
}

/** Money given back. */
function refund(state, r) {
  const payment = state.payments.get(r.payment);
  const touched = tablesOf(state, payment);
  if (!r.items && !r.known && r.amount > sum(payment.parts, (part) => part.amount)) refuse('refund_exceeds_payment');
  const amount = r.items ? giveItems(state, payment, r.items) : giveAmount(state, payment, { ...r, amount: r.amount ?? 0 });
  leaveShares(state, payment, amount);
  const money = toCoin(amount, payment.coin);
  payment.money -= money;
  payment.rounding -= money - amount;
  payment.tip -= r.tip ?? 0;
  return touched;
}

// ---- splits ----

function split(state, s) {
  const session = sessionOf(state, s.session);
  divide(session, s, ordersAt(state, s.session), session.diners.length > 0 ? sharedAt(state, s.session) : []);
}

function endSplit(state, s) {
  const session = sessionOf(state, s.session);
  if (session.shares.some((share) => share.paid > 0)) refuse('split_paid');
  Object.assign(session, { by: null, shares: [] });
}

const join = (state, d) => {
  state.joined.push(d.diner);
  sessionOf(state, d.session).diners.push(d.diner);
};

/** Every kind of document. */
const kinds = {
  join, order: placeOrder, void: adjust, comp: adjust, discount: giveDiscount, service_charge_waived: waive,
  cancel: endOrder, delete: endOrder, transfer, merge, hold, hold_end: endHold, payment: pay, payment_void: voidPayment, refund, refund_begin: beginRefund, refund_fail: failRefund,
  split, split_end: endSplit, deposit: takeDeposit,
};
