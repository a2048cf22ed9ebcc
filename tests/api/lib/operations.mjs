// What happens in a restaurant, as data: an operation is drawn from what is
// known ({op, party, args}), asked for, and what the answer says becomes known.
// Each names the refusals that others at work at the same time can cause.
import assert from 'node:assert/strict';
import { rateOf } from './costs.mjs';
import { del, get } from './client.mjs';
import { answered, homeOf } from './evening.mjs';

const methods = ['cash', 'card', 'upi', 'other'];
const gone = ['session_closed', 'session_ended'];

/** Something was done there: its bill is to be looked at. */
const touch = (world, session) => {
  const home = homeOf(world, session);
  if (home) world.sessions.get(home).touched = true;
};

const seated = (party) => party.session !== null;
const linesFrom = (r, party) => Array.from({ length: 1 + r.below(3) }, () => ({ menu_item_id: r.from(party.house.items).id, quantity: 1 + r.below(4) }));
const waiter = (party) => party.house.tokens.waiter;
const ordersOf = (world, party) => [...world.orders.values()].filter((o) => o.standing && (o.session ? homeOf(world, o.session) === party.session : o.house === party.house));
const paymentsOf = (world, party) => [...world.payments.values()].filter((p) => p.house === party.house && (!p.session || homeOf(world, p.session) === party.session));
const openIntents = (world, party) => [...world.intents.values()].filter((i) => i.house === party.house && i.open);

/** A placed order as the reckoning needs it: prices and rates are those of the menu, not of the answer. */
function learnOrder(world, party, args, json) {
  const { house } = party;
  const lines = json.items.map((line) => {
    const item = house.items.find((i) => i.id === line.menu_item_id);
    return { id: line.id, unit: item.price, quantity: line.quantity, rate: rateOf(item, house.settings, args.order_type) };
  });
  world.orders.set(json.id, { id: json.id, house, session: json.session_id, type: args.order_type, settings: house.settings, lines, tip: args.tip_amount ?? 0, discount: args.discount_amount ?? 0,
    deposit: 0, diner: json.diner_id, standing: true, waived: false, adjustments: [], notes: [], touched: true });
  touch(world, json.session_id);
}

/** The same as a document for the ledger. */
const orderDocument = (world, party, args, { id }) => {
  const o = world.orders.get(id);
  return { doc: 'order', ...o, items: o.lines.map((l) => ({ id: l.id, price: l.unit, quantity: l.quantity, tax_rate_ppm: l.rate })) };
};

const order = (token) => ({
  keyed: true,
  document: orderDocument,
  request: (world, party, { diner, ...body }) => ({ method: 'POST', path: '/api/orders', token: token(world, party, diner), body }),
  learn: learnOrder,
  refusals: gone,
});

function learnPayment(world, party, args, json) {
  world.payments.set(json.id, { id: json.id, house: party.house, session: json.session_id, order: json.order_id, intent: json.intent_id, amount: json.amount, tip: json.tip_amount,
    settled: json.amount - (json.rounding_amount ?? 0), refunded: 0, refundedTip: 0 });
  touch(world, json.session_id);
}

const paymentDocument = (world, party, args, { id }) => {
  const p = world.payments.get(id);
  return { doc: 'payment', id, session: p.order ? undefined : p.session, order: p.order ?? undefined, amount: p.amount, tip: p.tip, settled: p.settled, intent: p.intent ?? undefined };
};

const payment = {
  keyed: true,
  document: paymentDocument,
  request: (world, party, body) => ({ method: 'POST', path: '/api/payments', token: waiter(party), body }),
  learn: learnPayment,
  refusals: ['overpaid', 'nothing_due', 'order_cancelled', ...gone],
};

/** A captured payment, as far as it could be allocated. */
async function learnCapture(world, party, { intent: id }, json) {
  const intent = world.intents.get(id);
  intent.open = false;
  if (!json.payment_id || world.payments.has(json.payment_id)) return;
  const { json: made } = await answered(() => get(world.stack, `/api/payments/${json.payment_id}`, { token: waiter(party) }));
  learnPayment(world, party, {}, made);
  world.payments.get(made.id).settled = made.allocations.reduce((total, a) => total + a.amount, 0);
}

const intruder = (world, { house }, who) =>
  ({ kitchen: house.tokens.kitchen, stranger: world.parties.find((p) => p.house !== house).house.tokens.waiter })[who] ?? world.diners.get(who);

/** The party's place is empty; what it had is elsewhere. */
const leave = (party) => Object.assign(party, { session: null, pin: null, diners: [] });

export const operations = {
  seat: {
    keyed: true,
    draw: (world, party) => (seated(party) ? null : {}),
    request: (world, party) => ({ method: 'POST', path: `/api/tables/${party.table}/session`, token: waiter(party) }),
    learn(world, party, args, { session, pin }) {
      world.sessions.set(session.id, { house: party.house, into: null, touched: true });
      Object.assign(party, { session: session.id, pin, diners: [] });
    },
    refusals: ['session_active'],
  },
  join: {
    keyed: true,
    draw: (world, party, r) => (seated(party) && party.diners.length < 4 ? { pin: party.pin, display_name: r.from(['Asha', 'Bela', 'Chen', 'Dario']) } : null),
    request: (world, party, args) => ({ method: 'POST', path: `/api/r/${party.house.path}/sessions/join`, body: { code: party.code, ...args } }),
    learn(world, party, args, { session, diner, token }) {
      const there = world.parties.find((p) => p.session === homeOf(world, session.id));
      world.diners.set(diner.id, token);
      there?.diners.push(diner.id);
    },
    document: (world, party, args, { session, diner }) => ({ doc: 'join', session: session.id, diner: diner.id }),
    refusals: ['wrong_pin', 'pin_locked', ...gone],
  },
  guest_orders: {
    ...order((world, party, diner) => world.diners.get(diner)),
    draw: (world, party, r) => (party.diners.length > 0 ? { diner: r.from(party.diners), order_type: 'dine_in', items: linesFrom(r, party) } : null),
  },
  waiter_orders: {
    ...order((world, party) => waiter(party)),
    draw: (world, party, r) => (seated(party) ? { order_type: 'dine_in', session_id: party.session, items: linesFrom(r, party), tip_amount: 100 * r.below(2) } : null),
  },
  takeaway: { ...order((world, party) => waiter(party)), draw: (world, party, r) => ({ order_type: 'takeaway', items: linesFrom(r, party) }) },
  step: {
    draw(world, party, r) {
      const open = ordersOf(world, party);
      return open.length > 0 ? { order: r.from(open).id, status: r.from(['confirmed', 'preparing', 'ready', 'served']) } : null;
    },
    request: (world, party, { order: id, status }) => ({ method: 'PUT', path: `/api/orders/${id}`, token: party.house.tokens.manager, body: { status } }),
    learn() {},
    refusals: ['invalid_transition', 'order_cancelled'],
  },
  pay_some: {
    ...payment,
    draw: (world, party, r) => (seated(party) ? { session_id: party.session, amount: 1 + r.below(30000), tip_amount: r.below(3) === 0 ? r.below(500) : 0, method: r.from(methods) } : null),
  },
  pay_order: {
    ...payment,
    draw(world, party, r) {
      const open = ordersOf(world, party);
      return open.length > 0 ? { order_id: r.from(open).id, amount: 1 + r.below(20000), method: r.from(methods) } : null;
    },
  },
  pay_all: {
    ...payment,
    async draw(world, party, r) {
      if (!seated(party)) return null;
      const { json } = await answered(() => get(world.stack, `/api/sessions/${party.session}/bill`, { token: waiter(party) }));
      return json.due > 0 ? { session_id: json.session_id, amount: json.due, method: r.from(methods) } : null;
    },
  },
  begin: {
    keyed: true,
    draw: (world, party, r) => (party.diners.length > 0 ? { diner: r.from(party.diners), session_id: party.session, ...r.from([{}, { amount: 1 + r.below(9000) }]), tip_amount: r.below(2) * r.below(300) } : null),
    request: (world, party, { diner, ...body }) => ({ method: 'POST', path: '/api/payments/intents', token: world.diners.get(diner), body: { provider: 'card-pay', ...body } }),
    learn(world, party, args, json) {
      world.intents.set(json.id, { ...json, house: party.house, open: true });
    },
    document: (world, party, args, { id, session_id: session, diner_id: diner, amount }) => ({ doc: 'hold', id, session, diner, amount }),
    refusals: ['nothing_due', 'overpaid', 'validation_failed', ...gone], // the table is another's after a merger
  },
  capture: {
    draw(world, party, r) {
      const open = openIntents(world, party);
      return open.length > 0 ? { intent: r.from(open).id } : null;
    },
    send: (world, party, { intent }) => party.house.provider.captured(world.intents.get(intent)),
    learn: learnCapture,
    document: (world, party, args, json) => (json.status === 'recorded' ? paymentDocument(world, party, args, { id: json.payment_id }) : null),
    refusals: [],
  },
  fail: {
    draw(world, party, r) {
      const open = openIntents(world, party);
      return open.length > 0 ? { intent: r.from(open).id } : null;
    },
    send: (world, party, { intent }) => party.house.provider.failed(world.intents.get(intent)),
    learn() {}, // its money may still come
    document: (world, party, { intent }) => ({ doc: 'hold_end', id: intent }),
    refusals: [],
  },
  give_up: {
    draw(world, party, r) {
      const open = openIntents(world, party);
      return open.length > 0 ? { intent: r.from(open).id } : null;
    },
    send: (world, party, { intent }) => del(world.stack, `/api/payments/intents/${intent}`, { token: waiter(party) }),
    learn() {}, // its money may still come
    document: (world, party, { intent }) => ({ doc: 'hold_end', id: intent }),
    refusals: ['intent_ended'],
  },
  // Who may not: the kitchen, a guest, and those of the other restaurant.
  intrude: {
    draw(world, party, r) {
      return seated(party) ? { session: party.session, who: r.from(['kitchen', 'stranger', ...party.diners]) } : null;
    },
    request: (world, party, { session, who }) => ({ method: 'POST', path: '/api/payments', token: intruder(world, party, who), body: { session_id: session, amount: 1, method: 'cash' } }),
    learn: () => assert.fail('a stranger has paid'),
    refusals: ['insufficient_role', 'validation_failed', 'session_ended'],
  },
  merge: {
    keyed: true,
    draw(world, party, r) {
      const others = world.parties.filter((p) => p !== party && p.house === party.house && seated(p));
      return seated(party) && others.length > 0 ? { from: party.session, into: r.from(others).session } : null;
    },
    request: (world, party, { from, into }) => ({ method: 'POST', path: `/api/sessions/${from}/merge`, token: waiter(party), body: { session_id: into } }),
    learn(world, party, { from, into }) {
      world.sessions.get(from).into = into;
      const source = world.parties.find((p) => p.session === from);
      world.parties.find((p) => p.session === homeOf(world, into))?.diners.push(...(source?.diners ?? []));
      if (source) leave(source);
      touch(world, into);
    },
    document: (world, party, { from, into }) => ({ doc: 'merge', from, to: into }),
    refusals: ['session_closed', 'conflict'],
  },
  move: {
    keyed: true,
    draw(world, party, r) {
      const free = world.parties.filter((p) => p.house === party.house && !seated(p));
      return seated(party) && free.length > 0 ? { session: party.session, to: world.parties.indexOf(r.from(free)) } : null;
    },
    request: (world, party, { session, to }) => ({ method: 'POST', path: `/api/sessions/${session}/move`, token: waiter(party), body: { table_id: world.parties[to].table } }),
    learn(world, party, { session, to }) {
      const source = world.parties.find((p) => p.session === session);
      if (!source) return; // it has ended meanwhile
      const { pin, diners } = source;
      leave(source);
      Object.assign(world.parties[to], { session, pin, diners });
    },
    refusals: ['session_active', 'session_closed'],
  },
  close: {
    keyed: true,
    draw: (world, party) => (seated(party) ? { session: party.session } : null),
    request: (world, party, { session }) => ({ method: 'POST', path: `/api/sessions/${session}/close`, token: waiter(party), body: {} }),
    learn(world, party, { session }) {
      const place = world.parties.find((p) => p.session === session);
      if (place) leave(place);
      touch(world, session);
    },
    refusals: ['unpaid_orders', 'session_closed'],
  },
};

/** How often each is drawn, as a list of names. */
export const usual = Object.entries({ seat: 8, join: 6, guest_orders: 14, waiter_orders: 10, takeaway: 4, step: 6, pay_some: 12, pay_order: 6, pay_all: 6, begin: 6, capture: 5, fail: 2, give_up: 2, intrude: 2, merge: 2, move: 3, close: 4 })
  .flatMap(([name, weight]) => Array(weight).fill(name));
