// Receipts as their tests meet them: issuing, reading, and adding them up.
import assert from 'node:assert/strict';
import { expectStatus, get, openSession, post } from './client.mjs';

const AMOUNTS = ['subtotal', 'discount_amount', 'service_charge_amount', 'tax_amount', 'tip_amount', 'deposit_used', 'total_amount'];

export class Receipts {
  nextTable = 0;

  constructor(stack, tokens) {
    Object.assign(this, { stack, tokens });
  }

  settings(changes) {
    this.stack.sql(`UPDATE restaurants SET ${Object.entries(changes).map(([k, v]) => `${k} = ${v}`).join(', ')} WHERE id = '${this.stack.restaurant().id}'`);
  }

  price(item, amount, rate = 'NULL') {
    this.stack.sql(`UPDATE menu_items SET price = ${amount}, tax_rate_ppm = ${rate} WHERE id = '${item.id}'`);
  }

  /** A table of its own for a test. */
  async party(changes = {}) {
    this.settings({ tax_rate_ppm: 100000, prices_include_tax: false, service_charge_ppm: 0, service_charge_tax_rate_ppm: 'NULL', discount_reduces_tax: true,
      tax_parts: 'NULL', cash_rounding: 'NULL', round_all_methods: false, receipt_at_settlement: false, ...changes });
    const n = this.nextTable++ % this.stack.restaurant().tables.length;
    this.stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active' AND table_id = '${this.stack.restaurant().tables[n].id}'`);
    return openSession(this.stack, n);
  }

  async #done(method, path, body, token, status) {
    return expectStatus(await method(this.stack, path, { token, body }), status).json;
  }

  order(token, items, fields = {}) {
    return this.#done(post, '/api/orders', { order_type: 'dine_in', items, ...fields }, token, 201);
  }

  adjust(order, body) {
    return this.#done(post, `/api/orders/${order.id}/adjustments`, { reason: 'cold', ...body }, this.tokens.manager, 201);
  }

  pay(body) {
    return this.#done(post, '/api/payments', { method: 'card', ...body }, this.tokens.waiter, 201);
  }

  refund(payment, body) {
    return this.#done(post, `/api/payments/${payment.id}/refunds`, { reason: 'wrong', ...body }, this.tokens.cashier, 201);
  }

  split(table, body) {
    return this.#done(post, `/api/sessions/${table.session.id}/split`, body, this.tokens.waiter, 201).then((answer) => answer.shares);
  }

  shares(table) {
    return this.#done(get, `/api/sessions/${table.session.id}/split`, undefined, this.tokens.waiter, 200).then((answer) => answer.shares);
  }

  bill(table) {
    return this.#done(get, `/api/sessions/${table.session.id}/bill`, undefined, this.tokens.waiter, 200);
  }

  askFor(table, body, options = {}) {
    return post(this.stack, `/api/sessions/${table.session.id}/receipts`, { token: this.tokens.waiter, body, ...options });
  }

  askForOrder(order, body, options = {}) {
    return post(this.stack, `/api/orders/${order.id}/receipts`, { token: this.tokens.waiter, body, ...options });
  }

  issue(table, body) {
    return this.#done(post, `/api/sessions/${table.session.id}/receipts`, body, this.tokens.waiter, 201);
  }

  issueOrder(order, body) {
    return this.#done(post, `/api/orders/${order.id}/receipts`, body, this.tokens.waiter, 201);
  }

  read(id) {
    return this.#done(get, `/api/receipts/${id}`, undefined, this.tokens.waiter, 200);
  }

  /** All receipts and credit notes of a session, oldest first, as they are stored. */
  async of(table) {
    const ids = this.stack.sql(`SELECT r.id FROM receipts r WHERE r.id IN (
        SELECT c.receipt_id FROM receipt_orders c JOIN orders o ON o.id = c.order_id WHERE o.session_id = '${table.session.id}')
      ORDER BY r.issued_at, r.id`).map(([id]) => id);
    return Promise.all(ids.map((id) => this.read(id)));
  }

  /** What documents come to together, as a bill has it. */
  sum(documents) {
    const taxes = new Map(), total = Object.fromEntries(AMOUNTS.map((name) => [name, 0]));
    for (const document of documents) {
      expectConsistent(document);
      for (const name of AMOUNTS) total[name] += document[name];
      for (const tax of document.taxes) {
        const known = taxes.get(tax.rate_ppm) ?? { rate_ppm: tax.rate_ppm, taxable: 0, amount: 0, parts: new Map() };
        known.taxable += tax.taxable;
        known.amount += tax.amount;
        for (const part of tax.parts ?? []) known.parts.set(part.name, (known.parts.get(part.name) ?? 0) + part.amount);
        taxes.set(tax.rate_ppm, known);
      }
    }
    return { ...total, taxes: taxesOf([...taxes.values()].map((t) => ({ ...t, parts: [...t.parts].map(([name, amount]) => ({ name, amount })) }))) };
  }

  /** Receipts and credit notes add up to the bill, and so do their taxes, by rate and part. */
  async expectSum(table) {
    const documents = await this.of(table), bill = await this.bill(table);
    assert.deepEqual(this.sum(documents), { ...Object.fromEntries(AMOUNTS.map((name) => [name, bill[name]])), taxes: taxesOf(bill.taxes) },
      documents.map((d) => `${d.reference} ${d.total_amount}`).join(', '));
    return documents;
  }
}

/** Those that come to something, by rate. */
function taxesOf(taxes) {
  return taxes.map(({ rate_ppm, taxable, amount, parts = [] }) => ({ rate_ppm, taxable, amount, parts: parts.filter((p) => p.amount !== 0).sort((a, b) => (a.name < b.name ? -1 : 1)) }))
    .filter((t) => t.taxable !== 0 || t.amount !== 0 || t.parts.length > 0).sort((a, b) => a.rate_ppm - b.rate_ppm);
}

/** A document's own figures add up. */
export function expectConsistent(d) {
  const added = d.prices_include_tax ? 0 : d.tax_amount;
  assert.equal(d.subtotal - d.discount_amount + d.service_charge_amount + added + d.tip_amount - d.deposit_used, d.total_amount, JSON.stringify(d));
  assert.equal(d.taxes.reduce((sum, t) => sum + t.amount, 0), d.tax_amount);
  for (const tax of d.taxes) if (tax.parts) assert.equal(tax.parts.reduce((sum, p) => sum + p.amount, 0), tax.amount);
}
