// A payment provider as a restaurant's webhook meets it: it signs for real and
// sends over HTTPS; and it can repeat, reorder, lie, and be late.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { call } from './client.mjs';

export const newSecret = () => `whsec_${randomBytes(24).toString('hex')}`;
export const nowSeconds = () => Math.floor(Date.now() / 1000);
export const macOf = (secret, time, body) => createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');

/** Its reference for an intent's capture: letters, since digits may look like a card number. */
export const refOf = (intent) => `ref_${intent.id.replace(/\d/g, (digit) => 'ghijklmnop'[digit])}`;

export class Provider {
  constructor(stack, name, { slug = stack.slug, secret = newSecret() } = {}) {
    Object.assign(this, { stack, name, slug, secret });
  }

  get path() {
    return `/api/r/${this.slug}/payments/webhook/${this.name}`;
  }

  /** What the restaurant does once: sets the secret. */
  setUp(token) {
    return call(this.stack, 'PUT', `/api/restaurant/providers/${this.name}`, { token, body: { secret: this.secret } });
  }

  /** An event of the intent: its charge captured, unless `changes` say otherwise. */
  event(intent, changes = {}) {
    return { event_id: `evt_${randomUUID()}`, intent_id: intent.id, status: 'captured', amount: intent.charge_amount, currency: intent.currency, provider_ref: refOf(intent), ...changes };
  }

  header(body, { time = nowSeconds(), secret = this.secret } = {}) {
    return `t=${time},v1=${macOf(secret, time, body)}`;
  }

  /** Posts an event, or a body as it is. signature: another header, null for none. */
  send(event, { signature, path = this.path, headers = {}, ...how } = {}) {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    const header = signature === undefined ? this.header(body, how) : signature;
    return call(this.stack, 'POST', path, { body, headers: { ...headers, ...(header === null ? {} : { 'X-Signature': header }) } });
  }

  captured(intent, changes, how) {
    return this.send(this.event(intent, changes), how);
  }

  /** The money of a refund was given back, its tip too, or was not. */
  refunded(intent, refund, changes, how) {
    return this.send(this.event(intent, { status: 'refunded', refund_id: refund.id, amount: refund.amount + (refund.tip_amount ?? refund.tip ?? 0), provider_ref: undefined, ...changes }), how);
  }

  refundFailed(intent, refund, changes, how) {
    return this.refunded(intent, refund, { status: 'refund_failed', ...changes }, how);
  }

  failed(intent, changes, how) {
    return this.send(this.event(intent, { status: 'failed', provider_ref: undefined, ...changes }), how);
  }
}
