// What happens to orders: they are placed, altered, moved to other tables, and
// cancelled.
import { get } from './client.mjs';
import { anOrder, answered, endOrder, homeOf, learnDocument, learnOrder, orderDocument, ordersOf, seated, tokenFor } from './known.mjs';
import { sum } from './sums.mjs';

const gone = ['session_closed', 'session_ended', 'session_overdue'];
const linesFrom = (r, party) => Array.from({ length: 1 + r.below(3) }, () => ({ menu_item_id: r.from(party.house.items).id, quantity: 1 + r.below(4) }));

const order = (token, refusals = []) => ({
  keyed: true,
  document: orderDocument,
  request: (world, party, { diner, ...body }) => ({ method: 'POST', path: '/api/orders', token: token(world, party, diner), body }),
  learn: learnOrder,
  refusals: [...gone, ...refusals],
});

const depositLeft = (world, p) => p.amount - sum([...world.orders.values()].filter((o) => o.deposit_id === p.id && !o.ended), (o) => o.deposit);

/** What may happen to a line, or to all of the order. */
const alterations = [
  (r, item) => ({ kind: 'void', item_id: item, quantity: r.from([undefined, 1]) }),
  (r, item) => ({ kind: 'comp', item_id: item, quantity: r.from([undefined, 1]) }),
  (r, item) => ({ kind: 'discount', item_id: r.from([undefined, item]), amount: 1 + r.below(4000) }),
  (r, item) => ({ kind: 'discount', item_id: r.from([undefined, item]), rate_ppm: r.from([50000, 100000, 333333, 1000000]) }),
];

const adjust = {
  keyed: true,
  request: (world, party, { order: id, ...body }) => ({ method: 'POST', path: `/api/orders/${id}/adjustments`, token: tokenFor(party, 'manager'), body: { ...body, reason: 'cold' } }),
  document: (world, party, { order: id }, json) => ({ doc: json.kind, order: id, item: json.item_id ?? undefined, quantity: json.quantity ?? undefined, amount: json.amount ?? undefined, rate_ppm: json.rate_ppm ?? undefined }),
  refusals: ['validation_failed', 'order_cancelled', 'not_found'],
};

/** Twice has no effect, and another may have been faster: whether it is cancelled is to be read. */
async function learnRefusal(world, party, { order: id }) {
  const { status, json } = await answered(() => get(world.stack, `/api/orders/${id}`, { token: tokenFor(party) }));
  if (status === 404 || json.status === 'cancelled') endOrder(world, id);
}

export const orderOperations = {
  guest_orders: {
    ...order((world, party, diner) => world.diners.get(diner)),
    draw: (world, party, r) => (party.diners.length > 0 ? { diner: r.from(party.diners), order_type: 'dine_in', items: linesFrom(r, party) } : null),
  },
  waiter_orders: {
    ...order((world, party) => tokenFor(party), ['validation_failed']), // the guest has left with others meanwhile
    draw: (world, party, r) => (seated(party) ? { order_type: 'dine_in', session_id: party.session, items: linesFrom(r, party), tip_amount: 100 * r.below(2), diner_id: r.from([undefined, ...party.diners]) } : null),
  },
  cashier_orders: {
    ...order((world, party) => tokenFor(party, 'cashier'), ['invalid_total', 'validation_failed']),
    draw(world, party, r) {
      if (!seated(party)) return null;
      const deposits = [...world.payments.values()].filter((p) => p.deposit && p.house === party.house && depositLeft(world, p) > 0);
      const used = deposits.length > 0 ? r.from(deposits) : null;
      return { order_type: 'dine_in', session_id: party.session, items: linesFrom(r, party), discount_amount: r.below(2) * r.below(300),
        ...(used && { deposit_id: used.id, deposit_used: 1 + r.below(depositLeft(world, used)) }) };
    },
  },
  takeaway: { ...order((world, party) => tokenFor(party)), draw: (world, party, r) => ({ order_type: 'takeaway', items: linesFrom(r, party) }) },
  step: {
    draw(world, party, r) {
      const open = ordersOf(world, party);
      return open.length > 0 ? { order: r.from(open).id, status: r.from(['confirmed', 'preparing', 'ready', 'served']) } : null;
    },
    request: (world, party, { order: id, status }) => ({ method: 'PUT', path: `/api/orders/${id}`, token: tokenFor(party, 'manager'), body: { status } }),
    learn() {},
    refusals: ['invalid_transition', 'order_cancelled', 'not_found'],
  },
  adjust: {
    ...adjust,
    draw(world, party, r) {
      const of = anOrder(world, party, r);
      return of ? { order: of.id, ...r.from(alterations)(r, r.from(of.lines).id) } : null;
    },
    learn(world, party, { order: id }, json) {
      learnDocument(world, id, { kind: json.kind, item: json.item_id, quantity: json.quantity, amount: json.amount, rate_ppm: json.rate_ppm });
    },
  },
  waive: {
    ...adjust,
    draw(world, party, r) {
      const of = anOrder(world, party, r);
      return of ? { order: of.id, kind: 'service_charge_waived' } : null;
    },
    learn(world, party, { order: id }) {
      for (const o of world.orders.values()) o.touched ||= o.id === id; // the bill tells which orders it lowered
      const { session } = world.orders.get(id);
      if (session) world.sessions.get(homeOf(world, session)).touched = true;
    },
  },
  cancel: {
    draw: (world, party, r) => {
      const of = anOrder(world, party, r);
      return of ? { order: of.id } : null;
    },
    request: (world, party, { order: id }) => ({ method: 'PUT', path: `/api/orders/${id}`, token: tokenFor(party, 'manager'), body: { status: 'cancelled', reason: 'they left' } }),
    learn: (world, party, { order: id }) => endOrder(world, id),
    learnRefusal,
    document: (world, party, { order: id }) => ({ doc: 'cancel', order: id, known: true }),
    refusals: ['order_paid', 'invalid_transition', 'order_cancelled', 'not_found'],
  },
  delete: {
    draw: (world, party, r) => {
      const of = anOrder(world, party, r);
      return of ? { order: of.id } : null;
    },
    request: (world, party, { order: id }) => ({ method: 'DELETE', path: `/api/orders/${id}`, token: tokenFor(party, 'manager'), body: { reason: 'a test' } }),
    learn: (world, party, { order: id }) => endOrder(world, id),
    learnRefusal,
    document: (world, party, { order: id }) => ({ doc: 'delete', order: id, known: true }),
    refusals: ['order_paid', 'not_found'],
  },
  transfer: {
    keyed: true,
    draw(world, party, r) {
      const own = ordersOf(world, party), others = world.parties.filter((p) => p !== party && p.house === party.house && seated(p));
      if (own.length === 0 || others.length === 0) return null;
      const of = r.from(own), first = r.below(of.lines.length), n = 1 + r.below(2);
      return { order: of.id, to: r.from(others).session, items: of.lines.slice(first, first + n).map((l) => ({ item_id: l.id, quantity: 1 + r.below(l.quantity) })) };
    },
    request: (world, party, { order: id, to, items }) => ({ method: 'POST', path: `/api/orders/${id}/transfer`, token: tokenFor(party), body: { session_id: to, items, reason: 'they sit there' } }),
    learn(world, party, { order: id, items }, json) {
      learnOrder(world, party, {}, json);
      for (const { item_id: item, quantity } of items) learnDocument(world, id, { kind: 'void', item, quantity });
    },
    document: (world, party, { order: of, to, items }, json) => ({ doc: 'transfer', order: of, id: json.id, to: homeOf(world, to), items: items.map(({ item_id: item, quantity }, i) => ({ item, quantity, id: json.items[i].id })) }),
    refusals: ['validation_failed', 'order_cancelled', 'session_closed', 'not_found'],
  },
};
