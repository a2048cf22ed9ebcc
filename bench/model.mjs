// An evening at the demo's restaurant, played through the API: what past.mjs
// copies. So the copies' rows are rows that the product wrote.
//
// A group is what is copied as a whole: a table's session from its opening to
// the paid bill, or some takeaway orders in a row. Each has as many orders.
import { expectStatus, get, joinSession, leastChoices, openSession, post, put, readMenu, tokenOf } from '../tests/api/lib/client.mjs';

export const model = 'spice-garden';
export const ordersInGroup = 4;

const methods = ['card', 'cash', 'upi'];

// Dishes and quantities that vary from order to order: one line, or in every
// sixth order two; in every fifth a dish that asks for choices. Large orders have two or three lines.
function bodyOf(dishes, n, large) {
  const some = dishes.filter((d) => (leastChoices(d).length > 0) === (n % 5 === 0));
  const line = (k) => {
    const dish = some[k % some.length];
    return { menu_item_id: dish.id, quantity: 1 + (k % 3 === 2), customizations: leastChoices(dish) };
  };
  const all = [line(n), line(n * 7 + 3), line(n * 5 + 1)];
  return { order_type: 'dine_in', items: all.slice(0, large ? 2 + n % 2 : 1 + (n % 6 === 1)) };
}

const place = async (stack, token, body) => expectStatus(await post(stack, '/api/orders', { token, body }), 201).json;

async function cook(stack, staff, order, ...further) {
  for (const [token, status] of [[staff.kitchen, 'preparing'], [staff.kitchen, 'ready'], ...further])
    expectStatus(await put(stack, `/api/orders/${order.id}`, { token, body: { status } }), 200);
}

const pay = async (stack, staff, what, method) =>
  expectStatus(await post(stack, '/api/payments', { token: staff.cashier, body: { ...what, method } }), 201).json;

// The nth group: two diners, two orders each. Of every fifth group one order is
// cancelled, and in others the guests ask for the bill; one payment is refunded.
async function playSession(stack, staff, dishes, n, large) {
  const asha = await openSession(stack, n / 2 % 12), bela = await joinSession(stack, asha.code, asha.pin);
  for (let i = 0; i < ordersInGroup; i++) {
    const { token } = i % 2 ? bela : asha;
    const order = await place(stack, token, bodyOf(dishes, n * ordersInGroup + i, large));
    if (n % 5 === 2 && i === 3) expectStatus(await put(stack, `/api/orders/${order.id}`, { token, body: { status: 'cancelled' } }), 200);
    else await cook(stack, staff, order, [staff.waiter, 'served']);
  }
  const session = asha.session.id;
  if (n % 3 === 1) {
    const call = expectStatus(await post(stack, '/api/service-calls', { token: bela.token, body: { kind: 'bill' } }), 201).json;
    expectStatus(await post(stack, `/api/service-calls/${call.id}/ack`, { token: staff.waiter }), 200);
  }
  const { due } = expectStatus(await get(stack, `/api/sessions/${session}/bill`, { token: asha.token }), 200).json;
  const payment = await pay(stack, staff, { session_id: session, amount: due, tip_amount: n * 500 }, methods[n % 3]);
  if (n === 6)
    expectStatus(await post(stack, `/api/payments/${payment.id}/refunds`, { token: staff.cashier, body: { amount: 5000, reason: 'cold' } }), 201);
  expectStatus(await post(stack, `/api/sessions/${session}/close`, { token: staff.waiter }), 200);
  return [session];
}

// The nth group: orders at the counter, each paid at once and called out when
// it is ready.
async function playCounter(stack, staff, dishes, n, large) {
  const ids = [];
  for (let i = 0; i < ordersInGroup; i++) {
    const order = await place(stack, staff.waiter, { ...bodyOf(dishes, n * ordersInGroup + i, large), order_type: 'takeaway' });
    await pay(stack, staff, { order_id: order.id, amount: order.total_amount }, methods[i % 3]);
    await cook(stack, staff, order);
    ids.push(order.id);
  }
  return ids;
}

/** Plays that many groups, every second at tables: [[id of its session or of each of its orders]]. */
export async function playModel(stack, groups, large = false) {
  const staff = {};
  for (const role of ['kitchen', 'waiter', 'cashier']) staff[role] = await tokenOf(stack, role, model);
  const dishes = (await readMenu(stack, model)).items.filter((i) => i.is_available);
  const played = [];
  for (let n = 0; n < groups; n++)
    played.push(await (n % 2 ? playCounter : playSession)(stack, staff, dishes, n, large));
  return played;
}
