// What happens in a restaurant, as data: an operation is drawn from what is
// known ({op, party, args}), asked for, and what the answer says becomes known.
// Each names the refusals that others at work at the same time can cause.
import { orderOperations } from './operations_orders.mjs';
import { paymentOperations } from './operations_payments.mjs';
import { sessionOperations } from './operations_sessions.mjs';

export const operations = { ...sessionOperations, ...orderOperations, ...paymentOperations };

/** How often each is drawn, as a list of names. */
export const usual = Object.entries({
  seat: 8, join: 6, intrude: 2, merge: 2, move: 3, close: 5, force: 1, run_out: 2, extend: 4,
  guest_orders: 14, waiter_orders: 10, cashier_orders: 4, takeaway: 3, step: 5, adjust: 12, waive: 2, cancel: 2, delete: 1, transfer: 4,
  pay_some: 8, pay_order: 5, pay_guest: 3, pay_all: 7, pay_share: 8, tip: 2, deposit: 2, begin: 5, begin_share: 3, capture: 5, fail: 2, give_up: 2,
  refund: 7, refund_items: 3, refund_done: 4, refund_fails: 2, void_payment: 3, split: 4, split_end: 5,
}).flatMap(([name, weight]) => Array(weight).fill(name));
