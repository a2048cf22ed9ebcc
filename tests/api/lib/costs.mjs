// What orders cost, and a table's orders together: a second opinion, written
// from the rules alone (docs/money.md) and in the simplest way: all of it is
// computed again from what stands, with exact fractions.
import { neighbours, rounded, spread, sum } from './sums.mjs';

const MILLION = 1000000;

/** What one of a line costs with the values chosen for it. */
export const unitPrice = ({ price, values = [] }) => price + sum(values, (v) => v.price_modifier * (v.quantity ?? 1));

/** The rate of an item's tax in an order of that type. */
export function rateOf(item, restaurant, type) {
  const here = item.tax_rate_ppm ?? restaurant.tax_rate_ppm ?? 0;
  if (type !== 'takeaway') return here;
  return item.takeaway_tax_rate_ppm ?? item.tax_rate_ppm ?? restaurant.takeaway_tax_rate_ppm ?? here;
}

/** The shares of a rate that are rounded each by itself. */
const partsOf = (settings) => (settings.tax_parts?.length ? settings.tax_parts : [{ name: null, share_ppm: MILLION }]);

/** That part of the tax on a base as a fraction. */
function taxFraction(base, { rate, inclusive }, share) {
  const n = BigInt(base) * BigInt(rate) * BigInt(share);
  return inclusive ? [n, BigInt(MILLION) * BigInt(MILLION + rate)] : [n, BigInt(MILLION) * BigInt(MILLION)];
}

/** What is taxed alike: a rate, whether prices include it, and its parts. */
function kindOf(settings, rate) {
  const parts = partsOf(settings);
  const inclusive = Boolean(settings.prices_include_tax);
  return { key: JSON.stringify([rate, inclusive, parts]), rate, inclusive, parts };
}

/** The order's discounts in the order they were given: its own, then those of adjustments. */
const discountsOf = (order) => [{ amount: order.discount ?? 0 }, ...order.adjustments.filter((a) => a.kind === 'discount')];

/** Takes a discount off the lines it is for, in proportion to what stands of them. */
function takeOff(lines, discount) {
  const scope = discount.item ? lines.filter((l) => l.id === discount.item) : lines;
  const stands = scope.map((l) => l.subtotal - l.discount);
  const all = sum(stands);
  const amount = discount.rate_ppm === undefined ? Math.min(discount.amount, all) : rounded(BigInt(all) * BigInt(discount.rate_ppm), MILLION);
  for (const [i, part] of spread(amount, stands).entries()) scope[i].discount += part;
}

/** The order's lines as they stand, each with its part of the discounts. */
export function standingLines(order) {
  const gone = (id) => sum(order.adjustments.filter((a) => a.item === id && ['void', 'comp'].includes(a.kind)), (a) => a.quantity);
  const lines = order.lines.map((l) => {
    const quantity = order.standing ? l.quantity - gone(l.id) : 0;
    return { ...l, quantity, subtotal: l.unit * quantity, discount: 0 };
  });
  for (const discount of discountsOf(order)) takeOff(lines, discount);
  return lines;
}

/** What rounding on the sum so far adds: the sum of the parts is the rounded sum. */
const grow = (sums, key, fraction) => {
  const [n, d] = fraction;
  const before = sums.get(key) ?? 0n;
  sums.set(key, before + n);
  return rounded(before + n, d) - rounded(before, d);
};

/** base: what is taxed; net: what is to be paid of it. They differ where discounts do not lower tax. */
const addTo = (bases, kind, base, net = base) => {
  const known = bases.get(kind.key);
  bases.set(kind.key, { ...kind, base: (known?.base ?? 0) + base, net: (known?.net ?? 0) + net });
};

/** The service charge of one order as a fraction; none on what is taken away. */
function chargeFraction(order, net) {
  const charged = order.type === 'dine_in' && !order.waived;
  return [BigInt(charged ? net : 0) * BigInt(order.settings.service_charge_ppm ?? 0), BigInt(MILLION)];
}

/** By rate, what the order is taxed on, its service charge too. */
function basesOf(order, lines, charge) {
  const bases = new Map();
  const lowered = order.settings.discount_reduces_tax !== false;
  for (const l of lines) addTo(bases, kindOf(order.settings, l.rate), l.subtotal - (lowered ? l.discount : 0), l.subtotal - l.discount);
  if (order.settings.service_charge_tax_rate_ppm != null) addTo(bases, kindOf(order.settings, order.settings.service_charge_tax_rate_ppm), charge);
  return bases;
}

/** What is given back of an order, by rate: gross amounts with the tax in them. */
function noteParts(note, groups) {
  const open = groups.map((g) => g.gross);
  return spread(Math.min(note, sum(open)), open).map((gross, i) => {
    const { kind } = groups[i];
    const taxes = kind.parts.map((p) => rounded(...taxFraction(gross, { ...kind, inclusive: true }, p.share_ppm)));
    return { kind, gross, taxes };
  });
}

/** What stands of the order by rate, with tax; beside it a service charge that is not taxed. */
function standingGross(figures, order) {
  const groups = figures.taxes.map((t) => ({ kind: t.kind, gross: t.kind.net + (t.kind.inclusive ? 0 : sum(t.amounts)), tax: t }));
  const charge = order.settings.service_charge_tax_rate_ppm == null ? figures.charge : 0;
  groups.push({ kind: kindOf({ prices_include_tax: true }, 0), gross: charge, tax: { amounts: [0] } });
  return groups;
}

/** How much of a note lowers the tip: what is more than the order alone had sold by then. What happens later does not change it. */
function ofTip(order, i) {
  const note = order.notes[i], { amount, adjustments, waived } = note;
  const before = () => figuresOf({ ...order, adjustments, waived, notes: order.notes.slice(0, i) }, new Map());
  const soldIn = (figures) => figures.total + figures.deposit - figures.tip;
  note.tip ??= Math.max(0, amount - soldIn(before()));
  return note.tip;
}

/** Lowers the figures by what was given back, as a credit note does: outside of the table's base, and at most what stands; the tip last. */
function applyNotes(figures, order) {
  const groups = standingGross(figures, order);
  let left = sum(groups, (g) => g.gross);
  for (const [i, { amount }] of order.notes.entries()) {
    const tip = Math.min(ofTip(order, i), figures.tip), sale = Math.min(amount - tip, left);
    for (const [k, { kind, gross, taxes }] of noteParts(sale, groups).entries()) {
      groups[k].gross -= gross;
      groups[k].tax.amounts = groups[k].tax.amounts.map((a, part) => a - taxes[part]);
      figures.discount += gross - (kind.inclusive ? 0 : sum(taxes));
      left -= gross;
    }
    figures.tip -= tip;
  }
}

function figuresOf(order, sums) {
  const lines = standingLines(order);
  const subtotal = sum(lines, (l) => l.subtotal), discount = sum(lines, (l) => l.discount);
  const charge = grow(sums, `charge ${order.settings.service_charge_ppm}`, chargeFraction(order, subtotal - discount));
  const taxes = [...basesOf(order, lines, charge).values()].map((kind) => ({
    kind, amounts: kind.parts.map((p, i) => grow(sums, `${kind.key} ${i}`, taxFraction(kind.base, kind, p.share_ppm))),
  }));
  const [tip, deposit] = order.standing ? [order.tip ?? 0, order.deposit ?? 0] : [0, 0];
  const lowered = order.settings.discount_reduces_tax !== false;
  const figures = { id: order.id, lines, lowered, subtotal, discount, charge, taxes, tip, deposit };
  applyNotes(figures, order);
  figures.tax = sum(taxes, (t) => sum(t.amounts));
  const added = sum(taxes.filter((t) => !t.kind.inclusive), (t) => sum(t.amounts));
  const before = figures.subtotal - figures.discount + figures.charge + added + figures.tip;
  figures.deposit = Math.min(deposit, before); // what is more is free again
  figures.total = before - figures.deposit;
  return figures;
}

/**
 * The figures of each of a table's orders, oldest first. An order: {id, type,
 * settings, lines: [{id, unit, quantity, rate}], discount, tip, deposit,
 * standing, waived, adjustments, notes: [{amount, adjustments, waived}]}; each
 * note has what had happened to the order before it. Which order carries the odd unit of a
 * rounding is no rule: here it is the one at which the sum passes the half.
 */
export function tableFigures(orders) {
  const sums = new Map();
  return orders.map((order) => figuresOf(order, sums));
}

/** Whether an order's rounded amount is one that rounding on the table's sum can leave with it. */
const isNext = (amount, fraction) => {
  const { floor, ceiling } = neighbours(...fraction);
  return amount === floor || amount === ceiling;
};

/**
 * What is wrong with an order's figures by another's reckoning, as a list of
 * sentences: {subtotal, discount, charge, taxes: Map of rate to amount}. Its service charge and
 * taxes may be a unit off by rounding on the table's sum.
 */
export function misfitsOf(order, theirs) {
  const lines = standingLines(order);
  const subtotal = sum(lines, (l) => l.subtotal), discount = sum(lines, (l) => l.discount);
  const wrong = [];
  if (theirs.subtotal !== subtotal) wrong.push(`subtotal ${theirs.subtotal}, not ${subtotal}`);
  if (order.notes.length > 0) return wrong; // what was given back is rounded by itself
  if (theirs.discount !== discount) wrong.push(`discount ${theirs.discount}, not ${discount}`);
  if (!isNext(theirs.charge, chargeFraction(order, subtotal - discount))) wrong.push(`service charge ${theirs.charge}`);
  for (const { rate, parts, base, inclusive } of basesOf(order, lines, theirs.charge).values()) {
    const around = parts.map((p) => neighbours(...taxFraction(base, { rate, inclusive }, p.share_ppm)));
    const amount = theirs.taxes.get(rate) ?? 0, low = sum(around, (x) => x.floor), high = sum(around, (x) => x.ceiling);
    if (amount < low || amount > high) wrong.push(`tax at ${rate}: ${amount}, not ${low} to ${high}`);
  }
  return wrong;
}
