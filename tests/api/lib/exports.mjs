// The export of documents, read in both of its forms and added up.
import assert from 'node:assert/strict';
import { expectStatus, get } from './client.mjs';
import { guarded, parseCsv } from './csv.mjs';
import { sum } from './sums.mjs';

const exponents = { JPY: 0, BHD: 3, KWD: 3 };
const money = ['subtotal', 'discount_amount', 'service_charge_amount', 'tax_amount', 'tip_amount', 'deposit_used', 'total_amount', 'paid', 'tips', 'deposits',
  'rounding_amount', 'refunded', 'refunded_tips', 'refunded_deposits', 'amount'];
const texts = { type: 'type', number: 'number', id: 'id', business_date: 'business_date', order_date: 'order_date', staff: 'staff_name', method: 'method', kind: 'kind', reason: 'reason', currency: 'currency' };
export const columns = ['type', 'number', 'id', 'business_date', 'time', 'order_date', 'order_number', 'staff', 'method', 'kind', 'reason', 'currency', ...money, 'tax_rates'];

/** 1230 of EUR is 12.30. */
export function decimal(amount, currency) {
  const exponent = exponents[currency] ?? 2, digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent), rest = digits.slice(digits.length - exponent);
  return `${amount < 0 ? '-' : ''}${whole}${exponent > 0 ? `.${rest}` : ''}`;
}

const minor = (text, currency) => Math.round(Number(text) * 10 ** (exponents[currency] ?? 2));

/** An instant as the clocks of a place show it. */
const localTime = (at, timeZone) => new Date(at).toLocaleString('sv-SE', { timeZone });

const ratesOf = ({ taxes = [], currency }) => taxes.map((t) => `${t.rate_ppm / 10000}%:${decimal(t.taxable, currency)}/${decimal(t.amount, currency)}`).join('; ');

/** The documents of JSON lines, their end checked. */
export function documentsOf(text) {
  assert.ok(text.endsWith('\n'));
  const lines = text.slice(0, -1).split('\n').map((line) => JSON.parse(line)), end = lines.pop();
  assert.deepEqual(end, { type: 'end', documents: lines.length });
  return lines;
}

/** Rows of the CSV as objects of texts. */
export function rowsOf(text) {
  const [header, ...records] = parseCsv(text);
  assert.deepEqual(header.map((f) => f.text), columns);
  return records.map((record) => Object.fromEntries(record.map((field, i) => {
    assert.ok(!money.includes(columns[i]) || field.text === '' || !field.quoted, 'a quoted amount');
    return [columns[i], field.text];
  })));
}

function expectRow(row, d, timeZone) {
  for (const [column, member] of Object.entries(texts)) assert.equal(row[column], guarded(d[member] ?? ''), column);
  assert.equal(row.time, localTime(d.created_at, timeZone));
  assert.equal(row.order_number, d.order_number === null ? '' : String(d.order_number));
  for (const name of money) assert.equal(row[name], d[name] === undefined ? '' : decimal(d[name], d.currency), name);
  assert.equal(row.tax_rates, ratesOf(d));
}

/** Days, and times within them, go on; no document comes twice. */
function expectOrder(documents) {
  const seen = new Set();
  documents.forEach((d, i) => {
    const before = documents[i - 1];
    if (before) assert.ok(before.business_date < d.business_date || (before.business_date === d.business_date && before.created_at <= d.created_at), `document ${i}`);
    const name = `${d.type} ${d.id ?? d.number}`;
    assert.ok(!seen.has(name), `${name} comes twice`);
    seen.add(name);
  });
}

/** The documents from a day to a day, in both forms the same. */
export async function readExport(stack, token, from, to) {
  const path = `/api/exports/documents?from=${from}&to=${to}`;
  const lines = expectStatus(await get(stack, path, { token }), 200);
  const csv = expectStatus(await get(stack, path, { token, headers: { Accept: 'text/csv' } }), 200);
  const documents = documentsOf(lines.text), rows = rowsOf(csv.text);
  const { timezone } = expectStatus(await get(stack, '/api/restaurant', { token }), 200).json;
  expectOrder(documents);
  assert.equal(rows.length, documents.length);
  documents.forEach((d, i) => expectRow(rows[i], d, timezone));
  return { documents, rows, lines, csv };
}

// ---- Adding up

const inReports = ['orders', 'subtotal', 'discount_amount', 'service_charge_amount', 'tax_amount', 'tip_amount', 'deposit_used', 'total_amount', 'payments', 'paid', 'tips', 'deposits',
  'rounding_amount', 'refunded', 'refunded_tips', 'refunded_deposits'];

/** What the sales report should say of these documents. */
export function sumsOf(documents, currency) {
  const counted = documents.filter((d) => d.currency === currency);
  const sums = Object.fromEntries(inReports.map((name) => [name, sum(counted, (d) => d[name] ?? 0)]));
  const off = (...kinds) => 0 - sum(counted.filter((d) => d.type === 'adjustment' && kinds.includes(d.kind) && d.refund_id === null), (d) => d.total_amount);
  sums.taxable_amount = sum(counted.flatMap((d) => d.taxes ?? []), (t) => t.taxable);
  sums.quantity = sum(counted.filter((d) => d.type === 'adjustment' || d.orders === 1).flatMap((d) => d.lines ?? []), (l) => l.quantity);
  return { ...sums, void_amount: off('void'), comp_amount: off('comp'), cancelled_amount: off('cancelled', 'deleted'),
    net: sums.paid + sums.tips - sums.refunded - sums.refunded_tips };
}

/** The same of the CSV's amounts, in minor units. */
export const csvSumsOf = (rows, currency) => Object.fromEntries(inReports.filter((name) => money.includes(name))
  .map((name) => [name, sum(rows.filter((row) => row.currency === currency), (row) => minor(row[name], currency))]));

/** The export of these days adds up, day by day, to the sales report; returns it. */
export async function expectSums(stack, token, from, to) {
  const read = await readExport(stack, token, from, to);
  const report = expectStatus(await get(stack, `/api/reports/sales?from=${from}&to=${to}`, { token }), 200).json;
  for (const { business_date: day, ...figures } of report.rows) {
    const of = (list) => list.filter((d) => d.business_date === day);
    assert.deepEqual(sumsOf(of(read.documents), report.currency), figures, `${day}: JSON lines`);
    for (const [name, value] of Object.entries(csvSumsOf(of(read.rows), report.currency))) assert.equal(value, figures[name], `${day}: CSV: ${name}`);
    for (const close of of(read.documents).filter((d) => d.type === 'day_close')) {
      const { net, ...kept } = figures;
      assert.deepEqual(close.totals, kept, `${day}: its Z report`);
    }
  }
  return read;
}
