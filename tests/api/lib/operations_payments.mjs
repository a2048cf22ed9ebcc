// What happens to money: it is paid, held, captured, given back; bills are split.
import { del, get } from './client.mjs';
import { answered, learnDocument, learnPayment, ordersOf, ownerOf, paymentDocument, paymentsOf, seated, shareOf, tokenFor, touch } from './known.mjs';
import { sum, toCoin } from './sums.mjs';

const methods = ['cash', 'card', 'upi', 'other'];
const gone = ['session_closed', 'session_ended'];
const openIntents = (world, party) => [...world.intents.values()].filter((i) => i.house === party.house && i.open);

const payment = {
  keyed: true,
  document: paymentDocument,
  request: (world, party, { of, ...body }) => ({ method: 'POST', path: '/api/payments', token: tokenFor(party), body }),
  learn: learnPayment,
  refusals: ['overpaid', 'nothing_due', 'order_cancelled', 'share_required', 'validation_failed', ...gone],
};

/** All of it, in coins if it is paid so. */
function whole(party, due, method) {
  const { cash_rounding: coin, round_all_methods: all } = party.house.settings;
  return all || method === 'cash' ? toCoin(due, coin) : due;
}

/** The stored shares of the party's bill. */
async function sharesOf(world, party) {
  const { status, json } = await answered(() => get(world.stack, `/api/sessions/${party.session}/split`, { token: tokenFor(party) }));
  return status === 200 ? json.shares : [];
}

async function aShare(world, party, r) {
  const owing = seated(party) ? (await sharesOf(world, party)).filter((s) => s.due > 0) : [];
  return owing.length > 0 ? r.from(owing) : null;
}

/** A captured payment, as far as it could be allocated. */
async function learnCapture(world, party, { intent: id }, json) {
  world.intents.get(id).open = false;
  if (!json.payment_id || world.payments.has(json.payment_id)) return;
  await readPayment(world, party, json.payment_id);
}

async function readPayment(world, party, id) {
  const { json } = await answered(() => get(world.stack, `/api/payments/${id}`, { token: tokenFor(party) }));
  learnPayment(world, party, {}, json);
}

const begin = {
  keyed: true,
  request: (world, party, { diner, of, ...body }) => ({ method: 'POST', path: '/api/payments/intents', token: world.diners.get(diner), body: { provider: 'card-pay', ...body } }),
  learn(world, party, args, json) {
    world.intents.set(json.id, { ...json, house: party.house, open: true });
  },
  document: (world, party, { of }, { id, session_id: session, diner_id: payer, amount, rounding_amount: rounding }) => ({ doc: 'hold', id, session, payer, amount: amount - rounding, share: of && shareOf(world, session, of), known: true }),
  refusals: ['nothing_due', 'overpaid', 'share_required', 'validation_failed', ...gone], // the table is another's after a merger
};

const ofIntent = {
  draw(world, party, r) {
    const open = openIntents(world, party);
    return open.length > 0 ? { intent: r.from(open).id } : null;
  },
  learn() {}, // its money may still come
  document: (world, party, { intent }) => ({ doc: 'hold_end', id: intent }),
};

// ---- giving back

const leftOf = (p) => p.amount - sum([...p.refunds.values()].filter((f) => f.status !== 'failed'), (f) => f.amount);

/** A payment of the party, now and then of one that is long gone. */
function aPayment(world, party, r) {
  const own = paymentsOf(world, party), all = [...world.payments.values()].filter((p) => p.house === party.house && !p.deposit);
  const some = r.below(10) === 0 ? all : own.filter((p) => !p.voided);
  return some.length > 0 ? r.from(some) : null;
}

/** Of a refund, what paid orders until then: what was too much goes first. */
function refundDocument(world, id, refund, items) {
  const p = world.payments.get(id);
  const before = sum([...p.refunds.values()].filter((f) => f.status === 'done' && f.id !== refund.id), (f) => f.released);
  const unallocated = Math.max(0, p.unallocated - before);
  return { doc: 'refund', refund: refund.id, payment: id, amount: Math.max(0, refund.released - unallocated), items, tip: refund.tip, reopens_due: refund.reopens, known: true };
}

/** A refund that waits for its provider; what pays nothing, and no other waits for, is the first of it. */
function beginDocument(world, id, refund) {
  const p = world.payments.get(id), others = [...p.refunds.values()].filter((f) => f.id !== refund.id);
  const back = sum(others.filter((f) => f.status === 'done'), (f) => f.released);
  const waiting = sum(others.filter((f) => f.status === 'pending'), (f) => f.amount - world.ledger.promises.get(f.id).credit);
  const spare = Math.max(0, Math.max(0, p.unallocated - back) - waiting);
  return { doc: 'refund_begin', refund: refund.id, payment: id, amount: Math.max(0, refund.amount - spare), asked: refund.amount };
}

const pendingRefunds = (world, party) => [...world.payments.values()].filter((p) => p.house === party.house)
  .flatMap((p) => [...p.refunds.values()].filter((f) => f.status === 'pending').map((f) => ({ payment: p.id, refund: f.id })));

const finish = (how) => ({
  draw(world, party, r) {
    const pending = pendingRefunds(world, party);
    return pending.length > 0 ? r.from(pending) : null;
  },
  send: (world, party, { payment: id, refund }) => party.house.provider[how](world.intents.get(world.payments.get(id).intent), world.refunds.get(refund)),
  learn: (world, party, { payment: id }) => readPayment(world, party, id),
  document(world, party, { payment: id, refund }, json) {
    if (json.status !== 'recorded') return null;
    return how === 'refunded' ? refundDocument(world, id, world.refunds.get(refund)) : { doc: 'refund_fail', refund };
  },
  refusals: [],
});

const back = {
  keyed: true,
  request: (world, party, { payment: id, ...body }) => ({ method: 'POST', path: `/api/payments/${id}/refunds`, token: tokenFor(party, 'cashier'), body: { ...body, reason: 'cold' } }),
  refusals: ['refund_exceeds_payment', 'payment_void', 'validation_failed'],
};

// ---- splitting

/** Two shares of some of the lines: pieces, and one that both had. */
function byItem(world, party, r) {
  const lines = ordersOf(world, party).filter((o) => o.session).flatMap((o) => o.lines);
  if (lines.length === 0) return null;
  const [one, other, both] = [r.from(lines), r.from(lines), r.from(lines)];
  const piece = (l) => ({ item_id: l.id, quantity: 1 + r.below(l.quantity) }), half = { item_id: both.id, parts: 2 };
  return [{ label: 'left', items: [piece(one), half] }, { label: 'right', items: [piece(other), half] }];
}

const waysToSplit = [
  () => ({ by: 'diner' }),
  (world, party, r) => ({ by: 'equal', parts: 1 + r.below(4) }),
  (world, party, r) => ({ by: 'item', shares: byItem(world, party, r) }),
];

export const paymentOperations = {
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
  pay_guest: {
    ...payment,
    draw: (world, party, r) => (party.diners.length > 0 ? { session_id: party.session, diner_id: r.from(party.diners), amount: 1 + r.below(6000), method: r.from(methods) } : null),
  },
  pay_all: {
    ...payment,
    async draw(world, party, r) {
      if (!seated(party)) return null;
      const { json } = await answered(() => get(world.stack, `/api/sessions/${party.session}/bill`, { token: tokenFor(party) })), method = r.from(methods);
      return json.due > 0 ? { session_id: json.session_id, amount: whole(party, json.due, method), method } : null;
    },
  },
  pay_share: {
    ...payment,
    async draw(world, party, r) {
      const share = await aShare(world, party, r), method = r.from(methods);
      return share && { of: { owner: ownerOf(share), due: share.due }, share_id: share.id, amount: r.from([whole(party, share.due, method), 1 + r.below(share.due)]), method };
    },
  },
  tip: { ...payment, draw: (world, party, r) => (seated(party) ? { session_id: party.session, amount: 0, tip_amount: 1 + r.below(500), method: r.from(methods) } : null) },
  deposit: {
    ...payment,
    draw: (world, party, r) => ({ purpose: 'deposit', amount: 1 + r.below(4000), method: r.from(methods) }),
    document: (world, party, args, { id, amount }) => ({ doc: 'deposit', id, amount }),
    refusals: [],
  },
  begin: {
    ...begin,
    draw: (world, party, r) => (party.diners.length > 0 ? { diner: r.from(party.diners), session_id: party.session, ...r.from([{}, { amount: 1 + r.below(9000) }]), tip_amount: r.below(2) * r.below(300) } : null),
  },
  begin_share: {
    ...begin,
    async draw(world, party, r) {
      const share = await aShare(world, party, r);
      return share && party.diners.length > 0 && { diner: r.from(party.diners), of: { owner: ownerOf(share), due: share.due }, share_id: share.id, ...r.from([{}, { amount: 1 + r.below(share.due) }]) };
    },
  },
  capture: {
    ...ofIntent,
    send: (world, party, { intent }) => party.house.provider.captured(world.intents.get(intent)),
    learn: learnCapture,
    document: (world, party, args, json) => (json.status === 'recorded' ? paymentDocument(world, party, args, { id: json.payment_id }) : null),
    refusals: [],
  },
  fail: { ...ofIntent, send: (world, party, { intent }) => party.house.provider.failed(world.intents.get(intent)), refusals: [] },
  give_up: { ...ofIntent, send: (world, party, { intent }) => del(world.stack, `/api/payments/intents/${intent}`, { token: tokenFor(party) }), refusals: ['intent_ended'] },
  refund: {
    ...back,
    draw(world, party, r) {
      const p = aPayment(world, party, r), left = p ? leftOf(p) : 0;
      return left > 0 ? { payment: p.id, amount: r.from([left, 1 + r.below(left)]), tip_amount: r.below(4) === 0 ? r.below(p.tip + 1) : 0, reopens_due: r.below(3) === 0 } : null;
    },
    learn: learnPayment,
    document(world, party, { payment: id }, json) {
      const { id: refund, status } = json.refunds.at(-1);
      return status === 'done' ? refundDocument(world, id, world.refunds.get(refund)) : beginDocument(world, id, world.refunds.get(refund));
    },
  },
  refund_items: {
    ...back,
    draw(world, party, r) {
      const p = aPayment(world, party, r), lines = ordersOf(world, party).filter((o) => !p?.order || o.id === p.order).flatMap((o) => o.lines.map((l) => ({ order: o.id, l })));
      if (!p || p.method === 'online' || lines.length === 0) return null;
      const { order, l } = r.from(lines);
      return { payment: p.id, order, items: [{ item_id: l.id, quantity: 1 + r.below(l.quantity) }] };
    },
    request: (world, party, { order, ...args }) => back.request(world, party, args),
    learn(world, party, { order, items: [{ item_id: item, quantity }] }, json) {
      learnPayment(world, party, {}, json);
      learnDocument(world, order, { kind: 'comp', item, quantity });
    },
    document: (world, party, { payment: id, items }, json) =>
      refundDocument(world, id, world.refunds.get(json.refunds.at(-1).id), items.map(({ item_id: item, quantity }) => ({ item, quantity }))),
  },
  refund_done: finish('refunded'),
  refund_fails: finish('refundFailed'),
  void_payment: {
    keyed: true,
    draw(world, party, r) {
      const p = aPayment(world, party, r);
      return p && { payment: p.id };
    },
    request: (world, party, { payment: id }) => ({ method: 'POST', path: `/api/payments/${id}/void`, token: tokenFor(party, 'cashier'), body: { reason: 'wrong table' } }),
    learn: learnPayment,
    document: (world, party, { payment: id }) => ({ doc: 'payment_void', payment: id }),
    refusals: ['payment_captured', 'payment_refunded', 'payment_void', 'day_closed', 'drawer_closed'],
  },
  split: {
    keyed: true,
    draw(world, party, r) {
      const how = seated(party) && party.diners.length > 0 ? r.from(waysToSplit)(world, party, r) : null;
      return how && how.shares !== null ? { session: party.session, ...how } : null;
    },
    request: (world, party, { session, ...body }) => ({ method: 'POST', path: `/api/sessions/${session}/split`, token: tokenFor(party), body }),
    learn: (world, party, { session }) => touch(world, session),
    document: (world, party, { session, shares, ...how }) => ({ doc: 'split', session, ...how,
      shares: shares?.map(({ label, items }) => ({ label, items: items.map(({ item_id: item, quantity, parts }) => ({ item, quantity, parts })) })) }),
    refusals: ['payment_held', 'nothing_due', 'validation_failed'],
  },
  split_end: {
    draw: (world, party) => (seated(party) ? { session: party.session } : null),
    request: (world, party, { session }) => ({ method: 'DELETE', path: `/api/sessions/${session}/split`, token: tokenFor(party) }),
    learn: (world, party, { session }) => touch(world, session),
    document: (world, party, { session }) => ({ doc: 'split_end', session }),
    refusals: ['split_paid', 'payment_held', 'not_found'],
  },
};
