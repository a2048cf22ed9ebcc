// What those who work and eat there know of an evening: where sessions are, what
// orders and payments came to by the answers. Nothing here reads the database.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { rateOf } from './costs.mjs';
import { sum } from './sums.mjs';
import { patience } from './until.mjs';

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

/** Where a session's orders are now. */
export function homeOf(world, session) {
  for (let id = session; id; id = world.sessions.get(id)?.into) if (!world.sessions.get(id)?.into) return id;
  return null;
}

/** Something was done there: its bill is to be looked at. */
export const touch = (world, session) => {
  const home = homeOf(world, session);
  if (home) world.sessions.get(home).touched = true;
};

export const seated = (party) => party.session !== null;
export const tokenFor = (party, role = 'waiter') => party.house.tokens[role];

// ---- orders

/** How many of a line were not made or served. */
const voided = (order, line) => sum(order.documents.filter((d) => d.kind === 'void' && d.item === line.id), (d) => d.quantity);

/** Whether it is still on the bill. */
export const stands = (order) => !order.ended && order.lines.some((l) => voided(order, l) < l.quantity);

/** The orders that stand at the party's table; those without a table are everybody's. */
export const ordersOf = (world, party) => [...world.orders.values()].filter((o) => stands(o) && (o.session ? homeOf(world, o.session) === party.session : o.house === party.house));

/** An order at random, mostly of the party; now and then of one that is long gone. */
export function anOrder(world, party, r) {
  const own = ordersOf(world, party), all = [...world.orders.values()].filter((o) => o.house === party.house);
  return r.below(10) === 0 || own.length === 0 ? r.from(all) : r.from(own);
}

/** A placed order as the reckoning needs it: prices and rates are those of the menu, not of the answer. */
export function learnOrder(world, party, args, json) {
  const { house } = party;
  const lines = json.items.map((line) => {
    const item = house.items.find((i) => i.id === line.menu_item_id);
    return { id: line.id, unit: item.price, quantity: line.quantity, rate: rateOf(item, house.settings, json.order_type) };
  });
  world.orders.set(json.id, { id: json.id, house, session: json.session_id, type: json.order_type, settings: house.settings, lines, tip: args.tip_amount ?? 0, discount: args.discount_amount ?? 0,
    deposit: args.deposit_used ?? 0, deposit_id: args.deposit_id, diner: json.diner_id, placed: json.created_at, standing: true, ended: false, documents: [],
    chargeless: json.service_charge_ppm === 0, waived: false, adjustments: [], notes: [], touched: true });
  touch(world, json.session_id);
}

/** The same as a document for the ledger. */
export const orderDocument = (world, party, args, { id }) => {
  const o = world.orders.get(id);
  return { ...o, doc: 'order', items: o.lines.map((l) => ({ id: l.id, price: l.unit, quantity: l.quantity, tax_rate_ppm: l.rate })) };
};

/** Something happened to an order. */
export function learnDocument(world, order, document) {
  const o = world.orders.get(order);
  o.documents.push(document);
  o.touched = true;
  touch(world, o.session);
}

export function endOrder(world, order) {
  const o = world.orders.get(order);
  o.ended = true;
  o.touched = true;
  touch(world, o.session);
}

const keyOf = ({ kind, item, quantity, amount, rate_ppm: rate }) => [kind, item, quantity, amount, rate].map((x) => x ?? '-').join(' ');
const lowering = ['void', 'comp', 'discount'];

/**
 * Takes over what the program says happened to an order since, in its order:
 * it must be what was answered, no more and no less. Money given back has
 * documents of its own; rounding follows from others.
 */
export function adopt(world, order, list) {
  const back = (d) => d.kind === 'discount' && d.refund_id !== null;
  const plain = (d) => ({ kind: d.kind, item: d.item_id ?? undefined, quantity: d.quantity ?? undefined, amount: d.amount ?? undefined, rate_ppm: d.rate_ppm ?? undefined });
  const lowered = (some) => some.filter((d) => lowering.includes(d.kind) && !back(d)).map(plain);
  const waived = (some) => order.chargeless || some.some((d) => d.kind === 'service_charge_waived');
  order.adjustments = lowered(list);
  assert.deepEqual(order.adjustments.map(keyOf).sort(), order.documents.map(keyOf).sort(), `what happened to order ${order.id}`);
  order.notes = list.flatMap((d, i) => (back(d) ? [{ amount: d.amount, adjustments: lowered(list.slice(0, i)), waived: waived(list.slice(0, i)) }] : []));
  order.waived = waived(list);
  for (const d of list.filter((x) => x.refund_id !== null)) assert.ok(world.refunds.get(d.refund_id)?.status === 'done' && !world.refunds.get(d.refund_id).reopens, `a refund that was not: ${d.refund_id}`);
}

// ---- payments

/** What of a payment pays orders. */
export function keptOf(p) {
  const back = sum([...p.refunds.values()].filter((f) => f.status === 'done'), (f) => f.released);
  return p.voided ? 0 : p.settled - Math.max(0, back - p.unallocated);
}

export const paymentsOf = (world, party) => [...world.payments.values()].filter((p) => !p.deposit && p.house === party.house && (!p.session || homeOf(world, p.session) === party.session));

/** A payment as it is shown, of which more may be known by now. */
export function learnPayment(world, party, args, json) {
  const known = world.payments.get(json.id), settled = sum(json.allocations, (a) => a.amount), rounding = json.rounding_amount;
  const p = known ?? { id: json.id, house: party.house, session: json.session_id, order: json.order_id, intent: json.intent_id, deposit: json.purpose === 'deposit', amount: json.amount, tip: json.tip_amount, method: json.method,
    diner: json.for_diner_id, rounding, settled, unallocated: json.amount - rounding - settled, voided: false, refunds: new Map() };
  world.payments.set(p.id, p);
  const { cash_rounding: coin } = p.house.settings;
  if (rounding !== 0) assert.ok(p.amount % coin === 0 && Math.abs(2 * rounding) <= coin, `payment ${p.id}: ${p.amount} rounded by ${rounding}`);
  assert.ok(json.flag !== null || p.deposit || known || p.unallocated === 0, `payment ${p.id}: ${p.unallocated} pays nothing`);
  p.voided ||= json.voided_at !== null;
  for (const f of json.refunds) {
    if (p.refunds.get(f.id)?.status === 'done') continue; // one that failed may be given back all the same
    p.refunds.set(f.id, { id: f.id, amount: f.amount, released: f.amount - f.rounding_amount, rounding: f.rounding_amount, tip: f.tip_amount, status: f.status, reopens: f.reopens_due });
    world.refunds.set(f.id, p.refunds.get(f.id));
  }
  touch(world, p.session);
  if (p.order) world.orders.get(p.order).touched = true;
}

/** Whose a share is, by the program's words or the ledger's: a guest's, or that of a name. */
export const ownerOf = (share) => share.diner_id ?? share.diner ?? (share.label ?? share.id).replaceAll('+', '');

/** The ledger's share of the same owner; if there are several, that of which as much is due. */
export function shareOf(world, session, { owner, due }) {
  const own = (world.ledger.sessions.get(homeOf(world, session))?.shares ?? []).filter((s) => ownerOf(s) === owner);
  const off = (s) => Math.abs(s.amount - s.paid - due);
  return own.reduce((best, s) => (best && off(best) <= off(s) ? best : s), null)?.id;
}

export const paymentDocument = (world, party, args, { id }) => {
  const p = world.payments.get(id);
  return { doc: 'payment', id, session: p.order ? undefined : p.session ?? undefined, order: p.order ?? undefined, diner: p.diner ?? undefined, share: args.of && shareOf(world, p.session, args.of),
    amount: p.amount, tip: p.tip, settled: p.settled, intent: p.intent ?? undefined };
};
