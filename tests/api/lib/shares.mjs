// The shares of a split bill. They add up to the bill, whatever comes later: it
// joins a share, or comes off those that are not paid yet.
import { equally, spread, sum } from './sums.mjs';

const dueOf = (share) => Math.max(0, share.amount - share.paid);
const isPaid = (share) => share.paid > 0 && share.paid >= share.amount;

/** What each diner owes: their own orders, and an equal part of those that are nobody's. */
function byDiner(session, orders) {
  const shared = equally(sum(orders.filter((o) => o.diner === null), (o) => o.due), session.diners.length);
  return session.diners.map((diner, i) => ({ id: diner, diner, amount: shared[i] + sum(orders.filter((o) => o.diner === diner), (o) => o.due) }));
}

/** What each line comes to with its tax, so that the shares are as the lines are. */
function weightOf(orders, item) {
  for (const o of orders) {
    const line = o.lines.find((l) => l.id === item.item);
    if (!line || line.quantity === 0) continue;
    const tax = o.taxes.find((t) => t.kind.rate === line.rate);
    const net = BigInt(line.subtotal - line.discount) * BigInt(1000000 + (tax.kind.inclusive ? 0 : line.rate));
    return (net * 1000000n * BigInt(item.quantity ?? line.quantity)) / BigInt(line.quantity) / BigInt(item.parts ?? 1);
  }
  return 0n;
}

/** Divides what is left to pay; what was paid stays as it is. */
export function divide(session, how, orders) {
  const left = sum(orders, (o) => o.due);
  const paid = session.shares.filter((s) => s.paid > 0);
  for (const share of paid) share.amount = share.paid;
  let fresh;
  if (how.by === 'diner') fresh = byDiner(session, orders);
  if (how.by === 'equal') fresh = equally(left, how.parts).map((amount, i) => ({ id: `${i + 1}`, amount }));
  if (how.by === 'item') {
    const parts = spread(left, how.shares.map((s) => sum(s.items.map((item) => Number(weightOf(orders, item))))));
    fresh = how.shares.map((s, i) => ({ id: s.label, amount: parts[i] }));
  }
  session.by = how.by;
  session.shares = paid;
  for (const share of fresh) addShare(session, share);
}

/** A share under a name that no other has. */
function addShare(session, { id, diner = null, amount = 0 }) {
  let name = id;
  while (session.shares.some((s) => s.id === name)) name += '+';
  const share = { id: name, diner, amount, paid: 0 };
  session.shares.push(share);
  return share;
}

/** The share that more is added to: the one not paid yet, else a further one. */
function openShare(session, id, diner = null) {
  const known = session.shares.find((s) => !isPaid(s) && (diner ? s.diner === diner : s.id.startsWith(id)));
  return known ?? addShare(session, { id, diner });
}

function add(session, amount, diner) {
  if (session.by !== 'diner') openShare(session, 'rest').amount += amount;
  else if (diner) openShare(session, diner, diner).amount += amount;
  else for (const [i, part] of equally(amount, session.diners.length).entries()) openShare(session, session.diners[i], session.diners[i]).amount += part;
}

/** Alike off all that owe something, none below nothing; what is left of it. */
function takeAlike(shares, amount) {
  let left = amount;
  for (let owing = shares.filter((s) => dueOf(s) > 0); left > 0 && owing.length > 0; owing = owing.filter((s) => dueOf(s) > 0)) {
    for (const [i, part] of equally(left, owing.length).entries()) {
      const taken = Math.min(part, dueOf(owing[i]));
      owing[i].amount -= taken;
      left -= taken;
    }
  }
  return left;
}

/** Off those that owe something; more than that is money to give back to those who paid. */
function take(session, amount, diner) {
  const own = session.shares.filter((s) => session.by !== 'diner' || !diner || s.diner === diner);
  const left = takeAlike(own, amount);
  const paid = own.filter((s) => s.paid > 0);
  if (left > 0 && paid.length === 0) paid.push(openShare(session, 'rest')); // it was paid before there were shares
  for (const [i, part] of equally(left, paid.length).entries()) paid[i].amount -= part;
}

/** After a document: the shares follow what is left to pay, below zero for money to give back; diner: whose order it is about. */
export function follow(session, balance, diner) {
  if (!session.by) return;
  const change = balance - sum(session.shares, (s) => s.amount - s.paid);
  if (change > 0) add(session, change, diner);
  if (change < 0) take(session, -change, diner);
}
