// The shares of a split bill. They add up to the bill, whatever comes later: it
// joins a share, or comes off those that are not paid yet.
import { equally, rounded, spread, sum } from './sums.mjs';

const dueOf = (share) => Math.max(0, share.amount - share.paid);
const isPaid = (share) => share.paid > 0 && share.paid >= share.amount;

/**
 * What each guest still has to pay of what is nobody's in particular: an equal
 * part of what is due and of what guests have paid of it, less what that guest
 * has. If somebody has paid more than a part, the others owe so much less, in
 * proportion.
 */
export function sharedParts(due, paid) {
  const own = equally(due + sum(paid), paid.length).map((part, i) => Math.max(0, part - paid[i]));
  const left = sum(own);
  if (left === due) return own;
  let [open, rest] = [left, due];
  return own.map((part) => {
    const taken = open === 0 ? 0 : Number((BigInt(rest) * BigInt(part)) / BigInt(open));
    open -= part;
    rest -= taken;
    return taken;
  });
}

/** What each diner owes: their own orders, and a part of those that are nobody's. */
function byDiner(session, orders, shared) {
  return session.diners.map((diner, i) => ({ id: diner, diner, amount: shared[i] + sum(orders.filter((o) => o.diner === diner), (o) => o.due) }));
}

/** What each line comes to, with all that goes along: of its order's total, in proportion to what the lines come to with their tax. */
function valueByLine(orders) {
  const values = new Map();
  for (const o of orders) {
    const taxed = (l) => (o.lowered ? l.subtotal - l.discount : l.subtotal);
    const added = (l) => (o.taxes.find((t) => t.kind.rate === l.rate)?.kind.inclusive === false ? rounded(BigInt(taxed(l)) * BigInt(l.rate), 1000000) : 0);
    const parts = spread(o.total, o.lines.map((l) => l.subtotal - l.discount + added(l)));
    for (const [i, l] of o.lines.entries()) if (l.quantity > 0) values.set(l.id, { order: o, quantity: l.quantity, value: parts[i], had: 0, covered: 0 });
  }
  return values;
}

/** A share that was paid keeps its pieces, if it was paid in full, and what it has paid of their lines. */
function keep(values, share) {
  const items = share.had.filter(({ item }) => values.has(item));
  const worth = ({ item, quantity, parts }) => Math.floor(values.get(item).value * (parts ? 1 : quantity) / (parts ?? values.get(item).quantity));
  for (const [i, part] of spread(share.paid, items.map(worth)).entries()) values.get(items[i].item).covered += part;
  if (!share.cut && share.paid >= share.amount) for (const { item, quantity } of items) values.get(item).had += quantity ?? 0;
}

/** What is due of each line of which something is left; `rest`: of the others. */
function dueByLine(orders, kept) {
  const values = valueByLine(orders), due = new Map();
  for (const share of kept) keep(values, share);
  let rest = 0;
  for (const o of orders.filter((x) => x.due > 0)) {
    const own = [...values].filter(([, line]) => line.order === o), left = (line) => Math.max(0, line.quantity - line.had);
    const open = own.map(([, line]) => (left(line) > 0 ? Math.max(0, line.value - Math.max(line.covered, Math.floor(line.value * line.had / line.quantity))) : 0));
    const weights = sum(open) > 0 ? open : own.map(([, line]) => (left(line) > 0 ? line.value : 0));
    rest += o.due;
    for (const [i, part] of spread(o.due, weights).entries()) {
      const [id, line] = own[i];
      if (left(line) === 0 || (weights[i] === 0 && line.value > 0)) continue;
      due.set(id, { quantity: left(line), pieces: equally(part, left(line)) });
      rest -= part;
    }
  }
  return { due, rest };
}

/** By item: pieces of lines, and equal parts of what is left of one; what nobody had is the rest. */
function byItem(orders, shares, kept) {
  const { due: lines, rest: gone } = dueByLine(orders, kept);
  const amountOf = ({ item, quantity, parts }) => {
    const line = lines.get(item);
    if (parts === undefined) return sum(line.pieces.splice(0, quantity ?? line.pieces.length));
    line.parts ??= equally(sum(line.pieces.splice(0)), parts);
    line.divided = parts;
    return line.parts.shift();
  };
  const fresh = shares.map((s) => ({ id: s.label, items: s.items.map((i) => i.item), had: s.items.map((i) => (i.parts || i.quantity ? i : { ...i, quantity: lines.get(i.item).pieces.length })), amount: sum(s.items.map(amountOf)) }));
  const rest = gone + sum([...lines.values()], (l) => sum(l.pieces) + sum(l.parts ?? []));
  const left = [...lines].flatMap(([item, l]) => (l.parts ? l.parts.map(() => ({ item, parts: l.divided })) : l.pieces.length > 0 ? [{ item, quantity: l.pieces.length }] : []));
  return rest > 0 ? [...fresh, { id: 'rest', items: left.map((i) => i.item), had: left, amount: rest }] : fresh;
}

/** Divides what is left to pay; what was paid stays as it is. shared: each guest's part of what is nobody's. */
export function divide(session, how, orders, shared) {
  const paid = session.shares.filter((s) => s.paid > 0);
  let fresh;
  if (how.by === 'diner') fresh = byDiner(session, orders, shared);
  if (how.by === 'equal') fresh = equally(sum(orders, (o) => o.due), how.parts).map((amount, i) => ({ id: `${i + 1}`, amount }));
  if (how.by === 'item') fresh = byItem(orders, how.shares, paid.filter((s) => s.had.length > 0));
  for (const share of paid) Object.assign(share, { amount: share.paid, cut: share.cut || share.paid < share.amount });
  session.by = how.by;
  session.shares = paid;
  for (const share of fresh) addShare(session, share);
}

let made = 0; // the newest share of all

/** A share under a name that no other has. */
function addShare(session, { id, diner = null, items = [], had = [], amount = 0 }) {
  let name = id;
  while (session.shares.some((s) => s.id === name)) name += '+';
  const share = { id: name, made: ++made, by: session.by, diner, items, had, amount, paid: 0 };
  session.shares.push(share);
  return share;
}

const isRest = (share) => share.id.startsWith('rest');

/** The share that more is added to: the guest's that is not paid yet, or the rest; else a further one. */
export function openShare(session, diner = null) {
  const known = session.shares.find((s) => !isPaid(s) && (diner ? s.diner === diner : isRest(s)));
  return known ?? addShare(session, { id: diner ?? 'rest', diner });
}

function add(session, amount, diner) {
  if (session.by !== 'diner' || (!diner && session.diners.length === 0)) openShare(session).amount += amount;
  else if (diner) openShare(session, diner).amount += amount;
  else for (const [i, part] of equally(amount, session.diners.length).entries()) if (part > 0) openShare(session, session.diners[i]).amount += part;
}

/** Alike off all that have room for it, none below nothing; what is left of it. */
function takeAlike(shares, amount, roomOf) {
  let left = amount;
  for (let some = shares.filter((s) => roomOf(s) > 0); left > 0 && some.length > 0; some = some.filter((s) => roomOf(s) > 0)) {
    for (const [i, part] of equally(left, some.length).entries()) {
      const taken = Math.min(part, roomOf(some[i]));
      some[i].amount -= taken;
      left -= taken;
    }
  }
  return left;
}

/** Off what the shares concerned have to pay, then off the others'; then it is money to give back to those concerned, then to others. */
function take(session, amount, isConcerned) {
  const own = session.shares.filter(isConcerned);
  let left = takeAlike(session.shares, takeAlike(own, amount, dueOf), dueOf);
  left = takeAlike(session.shares, takeAlike(own, left, (s) => s.amount), (s) => s.amount);
  if (left > 0) openShare(session).paid += left; // it was paid before there were shares
}

/** Money too much in one share pays what others owe. */
function net(shares) {
  for (const from of shares) for (const to of shares) {
    const moved = Math.min(Math.max(0, from.paid - from.amount), dueOf(to));
    from.paid -= moved;
    to.paid += moved;
  }
}

/** Money of a share goes back; some of it may have paid others'. Without a share it can only have been the rest's. */
export function giveBack(session, share, amount) {
  let left = amount;
  for (const s of share ? [share, ...session.shares] : session.shares.filter(isRest)) {
    const taken = Math.min(left, s.paid);
    s.paid -= taken;
    left -= taken;
  }
}

/**
 * After a document: the shares follow what is left to pay, below zero for money
 * to give back. concern: {share, items, diner}, whose it is.
 */
export function follow(session, balance, { share = null, items = [], diner = null }) {
  if (!session.by) return;
  const change = balance - sum(session.shares, (s) => s.amount - s.paid);
  const has = (s) => items.some((i) => s.items.includes(i));
  const isConcerned = (s) => (share ? s === share : has(s) ? true : items.length > 0 && isRest(s) && s.by === 'item' ? !session.shares.some(has) // ordered later
    : items.length > 0 && s.items.length > 0 ? false : diner !== null && s.diner === diner);
  if (change > 0) add(session, change, diner);
  if (change < 0) take(session, -change, isConcerned);
  net(session.shares);
}

/** The shares of both tables, in the order in which they were made; more is added as the newest of them says. */
export function joinShares(from, to) {
  to.shares = [...to.shares, ...from.shares.splice(0)].sort((x, y) => x.made - y.made);
  for (const [i, s] of to.shares.entries()) while (to.shares.some((other, k) => k < i && other.id === s.id)) s.id += '+';
  to.by = to.shares.at(-1)?.by ?? null;
  from.by = null;
}
