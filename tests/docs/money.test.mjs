// docs/money.md: every line of its tables, calculated again from what stands
// above it. A line that the test does not understand is a failure.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { billOf, replay, totalsOf } from '../api/lib/ledger.mjs';
import { root } from '../api/lib/paths.mjs';
import { sum } from '../api/lib/sums.mjs';

const page = readFileSync(join(root, 'docs/money.md'), 'utf8');
const examples = page.split(/^### /m).slice(1).filter((text) => text.includes('\nRules: '));
const ppm = (percent) => Math.round(Number(percent) * 10000);

/** The first pattern that fits decides: [pattern, what to do with its groups]. */
function decide(text, choices) {
  for (const [pattern, act] of choices) {
    const match = pattern.exec(text);
    if (match) return act(...match.slice(1));
  }
  throw new Error(`not understood: ${text}`);
}

function rulesOf(example) {
  const rules = { settings: {}, paying: {}, unit: 100 };
  const { settings, paying } = rules;
  const amount = (text) => Math.round(Number(text) * rules.unit);
  for (const rule of /^Rules: (.*)$/m.exec(example)[1].split('; ')) {
    decide(rule, [
      [/^JPY$/, () => { rules.unit = 1; }],
      [/^(INR|EUR|USD|CHF|GBP)$/, () => {}],
      [/^([\d.]+) % (added|included)$/, (rate, how) => Object.assign(settings, { tax_rate_ppm: ppm(rate), prices_include_tax: how === 'included' })],
      [/^([\d.]+) % when taken away$/, (rate) => { settings.takeaway_tax_rate_ppm = ppm(rate); }],
      [/^(\w+) and (\w+) half each$/, (...names) => { settings.tax_parts = names.map((name) => ({ name, share_ppm: 500000 })); }],
      [/^service charge ([\d.]+) %, with ([\d.]+) % tax$/, (rate, tax) => Object.assign(settings, { service_charge_ppm: ppm(rate), service_charge_tax_rate_ppm: ppm(tax) })],
      [/^(cash|all payments) to ([\d.]+)$/, (what, coin) => Object.assign(paying, { cash_rounding: amount(coin), round_all_methods: what !== 'cash' })],
    ]);
  }
  return rules;
}

/** The lines of an order: 2 × Beer at 5.00 with 19 %. */
const itemsOf = (text, amount, names) => text.split('; ').map((line) => {
  const [, quantity, name, price, rate] = /^(\d+) × (.+?) at ([\d.]+)(?: with ([\d.]+) %)?$/.exec(line) ?? assert.fail(`not understood: ${line}`);
  names.set(name, `item ${names.size}`);
  return { id: names.get(name), price: amount(price), quantity: Number(quantity), ...(rate && { tax_rate_ppm: ppm(rate) }) };
});

/** Reads an example from the top: documents are collected, figures compared. */
function reader({ settings, paying, unit }) {
  const documents = [], names = new Map();
  const amount = (text) => Math.round(Number(text) * unit);
  const state = () => replay(documents);
  const bill = () => billOf(state(), 't');
  const add = (doc, fields) => { documents.push({ doc, session: 't', ...fields }); };
  const order = (id, text, type) => add('order', { id, type, settings, items: itemsOf(text, amount, names) });
  const orderWith = (item) => documents.find((d) => d.items?.some((i) => i.id === item)).id;
  const pay = (method, share, paid) => add('payment', { id: 'payment', method: method === 'in cash' ? 'cash' : 'card', share, amount: paid, ...paying });
  const tax = (of) => sum(bill().taxes, (t) => sum(t.parts.filter((p) => of(t, p)), (p) => p.amount));
  const steps = [
    [/^Order (\d+): (.*)$/, (id, text) => order(id, text)],
    [/^Order (\d+), taken away: (.*)$/, (id, text) => order(id, text, 'takeaway')],
    [/^(\d+) orders: (.*)$/, (n, text) => { for (let i = 1; i <= Number(n); i++) order(`${i}`, text); }],
    [/^Discount of ([\d.]+) % on order (\d+)$/, (rate, id) => add('discount', { order: id, rate_ppm: ppm(rate) })],
    [/^Discount of ([\d.]+) on order (\d+)$/, (text, id) => add('discount', { order: id, amount: amount(text) })],
    [/^Service charge waived$/, () => add('service_charge_waived', { order: '1' })],
    [/^Void of (\d+) × (.*)$/, (n, name) => add('void', { order: orderWith(names.get(name)), item: names.get(name), quantity: Number(n) })],
    [/^Refund of (\d+) × (.*)$/, (n, name) => add('refund', { payment: 'payment', items: [{ item: names.get(name), quantity: Number(n) }] })],
    [/^Refund of ([\d.]+)$/, (text) => add('refund', { payment: 'payment', amount: amount(text) })],
    [/^Split in (\d+) equal shares$/, (n) => add('split', { by: 'equal', parts: Number(n) })],
  ];
  const payments = [
    [/^Paid (in cash|by \w+)$/, (method) => (paid) => pay(method, undefined, paid)],
    [/^Share (\w+) paid (in cash|by \w+)$/, (share, method) => (paid) => pay(method, share, paid)],
  ];
  const figures = [
    [/^(Subtotal|Discount|Total|Paid|Due|Credit)$/, (name) => bill()[name.toLowerCase()]],
    [/^Service charge$/, () => bill().charge],
    [/^Rounding$/, () => totalsOf(state()).rounding],
    [/^Tax at ([\d.]+) %$/, (rate) => tax((t) => t.rate === ppm(rate))],
    [/^(CGST|SGST)$/, (name) => tax((t, p) => p.name === name)],
    [/^Share (\w+) owes$/, (id) => bill().shares.find((s) => s.id === id).due],
  ];
  return function line(what, text) {
    if (text === '') return decide(what, steps);
    if (payments.some(([pattern]) => pattern.test(what))) return decide(what, payments)(amount(text));
    assert.equal(decide(what, figures), amount(text), what);
  };
}

for (const example of examples) {
  test(`the figures: ${example.split('\n')[0]}`, () => {
    const line = reader(rulesOf(example));
    const rows = [...example.matchAll(/^\| (.+?) \| ?([-\d.]*) ?\|$/gm)].filter(([, what]) => what !== '---');
    assert.equal(rows.length, example.split('\n').filter((l) => l.startsWith('| ')).length - 2, 'a row is not read');
    for (const [, what, amount] of rows) line(what, amount);
  });
}

test('there is an example of each regime and of what happens later', () => {
  const titles = examples.map((e) => e.split('\n')[0]).join('\n');
  for (const word of ['India', 'Italy', 'United States', 'Japan', 'Switzerland', 'service charge', 'discount', 'not served', 'given back', 'split']) assert.match(titles, new RegExp(word));
});
