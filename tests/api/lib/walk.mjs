// A walk through the API: every route of a restaurant, so that each statement of
// the workers runs at least once.
import { call, expectStatus, get, joinSession, lineOf, newKey, orderOf, post, put, readMenu } from './client.mjs';
import { listen } from './listen.mjs';
import { Provider } from './provider.mjs';
import { until } from './until.mjs';

const roles = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];

/** What a request that went well gave. */
function ok(answer) {
  if (answer.status < 200 || answer.status > 299) throw new Error(`status ${answer.status}: ${answer.text}`);
  return answer.json;
}


/**
 * What a walk needs to know: its restaurant (a copy of Spice Garden under some
 * slug), which six of the tables it may take, and a word to make names of.
 */
class Walk {
  constructor(stack, slug, tables, word) {
    Object.assign(this, { stack, slug, tables, word, tokens: {} });
  }

  /** by: a role, or a token. */
  async send(method, path, by, body, options = {}) {
    return ok(await call(this.stack, method, path, { token: this.tokens[by] ?? by, body, ...options }));
  }

  read(path, by) { return this.send('GET', path, by); }
  make(path, by, body, options) { return this.send('POST', path, by, body, { key: newKey(), ...options }); }
  /** The nth of its tables: {id, code}. */
  table(n) {
    const { code } = this.stack.restaurant().tables[this.tables[n]];
    return { code, id: this.ids.get(code) };
  }
  async open(n) { return ok(await post(this.stack, `/api/r/${this.slug}/sessions`, { body: { code: this.table(n).code, display_name: 'Asha' } })); }

  async login(role) {
    const { email, password } = this.stack.restaurant().accounts.find((a) => a.role === role);
    return ok(await post(this.stack, '/api/auth/login', { body: { restaurant: this.slug, email, password } }));
  }

  order(token, quantity = 1, more = {}) { return this.make('/api/orders', token, { ...orderOf(lineOf(this.dish, quantity)), ...more }); }
}

async function signIns(w) {
  for (const role of roles) w.tokens[role] = (await w.login(role)).access_token;
  const first = await w.login('waiter');
  const wrong = { restaurant: w.slug, email: w.stack.restaurant().accounts.find((a) => a.role === 'waiter').email, password: 'not this one' };
  expectStatus(await post(w.stack, '/api/auth/login', { body: wrong }), 401);
  const refresh = async (token, status) => expectStatus(await post(w.stack, '/api/auth/refresh', { body: { refresh_token: token } }), status).json;
  await w.read('/api/auth/me', first.access_token);
  const second = await refresh(first.refresh_token, 200);
  const familyOf = (pair) => JSON.parse(Buffer.from(pair.access_token.split('.')[1], 'base64url')).familyId;
  w.stack.sql(`UPDATE refresh_tokens SET used_at = used_at - interval '1 minute', created_at = created_at - interval '1 minute' WHERE family_id = '${familyOf(first)}'`);
  const found = await refresh(first.refresh_token, 200); // the second was lost
  await refresh(found.refresh_token, 200);
  await refresh(first.refresh_token, 401); // used again after its successor: the family ends
  await refresh(second.refresh_token, 401);
  await w.send('POST', '/api/auth/logout', (await w.login('waiter')).access_token);
}

async function staff(w) {
  const email = `${w.word}@example.com`, password = 'a long enough one';
  const { id } = await w.make('/api/staff', 'owner', { email, display_name: 'New', role: 'waiter', password });
  await w.read('/api/staff', 'owner');
  await w.read(`/api/staff/${id}`, 'owner');
  const { access_token: own } = ok(await post(w.stack, '/api/auth/login', { body: { restaurant: w.slug, email, password } }));
  ok(await post(w.stack, '/api/auth/password', { token: own, body: { current_password: password, new_password: 'another long one' } }));
  await w.send('PATCH', `/api/staff/${id}`, 'owner', { role: 'owner' });
  await w.send('PATCH', `/api/staff/${id}`, 'owner', { role: 'kitchen' });
  await w.send('DELETE', `/api/staff/${id}`, 'owner');
}

async function restaurant(w) {
  await w.read('/api/restaurant', 'owner');
  await w.send('PATCH', '/api/restaurant', 'owner', { name: `Named ${w.word}`, timezone: 'Asia/Kolkata', business_day_start: '04:00' });
  await w.send('PUT', '/api/restaurant/providers/some-pay', 'owner', { secret: 'a secret that is long enough' });
  await w.read('/api/restaurant/providers', 'owner');
  await w.send('DELETE', '/api/restaurant/providers/some-pay', 'owner');
}

async function menu(w) {
  const category = await w.make('/api/menu/categories', 'manager', { name: `Category ${w.word}` });
  await w.read('/api/menu/categories', 'waiter');
  await w.send('PATCH', `/api/menu/categories/${category.id}`, 'manager', { position: 3 });
  const item = await w.make('/api/menu/items', 'manager', { category_id: category.id, name: `Dish ${w.word}`, price: 100 });
  for (const path of ['', `/${item.id}`, '?is_available=true']) await w.read(`/api/menu/items${path}`, 'kitchen');
  await w.send('PATCH', `/api/menu/items/${item.id}`, 'manager', { price: 200, category_id: category.id });
  const option = await w.make(`/api/menu/items/${item.id}/options`, 'manager', { name: 'Size', values: [{ name: 'Small' }, { name: 'Large' }] });
  await w.send('PATCH', `/api/menu/options/${option.id}`, 'manager', { name: 'Portion', values: [{ id: option.values[0].id, name: 'Half' }] });
  await w.send('DELETE', `/api/menu/options/${option.id}`, 'manager');
  await w.send('POST', '/api/menu/bulk', 'manager', { changes: [{ id: item.id, price: 300 }] });
  await w.send('DELETE', `/api/menu/items/${item.id}`, 'manager');
  await w.send('DELETE', `/api/menu/categories/${category.id}`, 'manager');
  // nginx asks again with the tag it has, when a second is over.
  const confirmed = () => w.stack.log().filter((line) => line.msg === 'access' && line.route === '/api/r/{slug}/menu' && line.status === 304).length;
  const before = confirmed();
  await until('nginx asks for the menu again', async () => {
    ok(await get(w.stack, `/api/r/${w.slug}/menu`));
    return confirmed() > before;
  });
  w.dish = (await readMenu(w.stack, w.slug)).items.find((i) => i.is_available && i.options.some((o) => o.min_select > 0));
}

async function tables(w) {
  const { id } = await w.make('/api/tables', 'manager', { name: `Table ${w.word}`, seats: 4 });
  for (const path of ['', `/${id}`]) await w.read(`/api/tables${path}`, 'waiter');
  await w.send('PATCH', `/api/tables/${id}`, 'manager', { seats: 5 });
  await w.make(`/api/tables/${id}/qr`, 'manager', undefined);
  const swapped = await w.make('/api/tables', 'manager', { name: `Other table ${w.word}`, seats: 4 });
  await w.send('PATCH', `/api/tables/${id}`, 'manager', { code: swapped.code });
  await w.send('DELETE', `/api/tables/${swapped.id}`, 'manager');
  for (const kind of ['svg', 'png']) expectStatus(await get(w.stack, `/api/tables/${id}/qr.${kind}`, { token: w.tokens.waiter }), 200);
  await w.send('DELETE', `/api/tables/${id}`, 'manager');
  w.ids = new Map((await w.read('/api/tables?limit=200', 'waiter')).data.map((t) => [t.code, t.id]));
}

// Opened by guests and by staff, moved, merged, run out.
async function sessions(w) {
  const { code } = w.table(0);
  ok(await get(w.stack, `/api/r/${w.slug}/tables/${code}`));
  w.asha = await w.open(0);
  ok(await get(w.stack, `/api/r/${w.slug}/tables/${code}`));
  expectStatus(await post(w.stack, `/api/r/${w.slug}/sessions`, { body: { code, display_name: 'Eve' } }), 409);
  expectStatus(await post(w.stack, `/api/r/${w.slug}/sessions/join`, { body: { code, pin: `${9999 - w.asha.pin}`.padStart(4, '0'), display_name: 'Eve' } }), 401);
  w.bela = await joinSession(w.stack, code, w.asha.pin, { slug: w.slug });
  const session = `/api/sessions/${w.asha.session.id}`;
  for (const path of ['/api/sessions', ...['active', 'closed', 'expired'].map((s) => `/api/sessions?status=${s}`), '/api/sessions?due=true', session]) await w.read(path, 'waiter');
  await w.read('/api/sessions/current', w.asha.token);
  for (const [what, body] of [['extend', { minutes: 30 }], ['pin', undefined], ['move', { table_id: w.table(1).id }]]) await w.send('POST', `${session}/${what}`, 'waiter', body);
  await w.send('PATCH', session, 'waiter', { guest_count: 4 });
  const lost = await w.send('POST', `${session}/diners/${w.bela.diner.id}/link`, 'waiter');
  w.bela = ok(await post(w.stack, `/api/r/${w.slug}/sessions/resume`, { body: { code: lost.code } }));
  const { pin } = await w.send('POST', `${session}/pin`, 'waiter');
  const eve = await joinSession(w.stack, w.table(1).code, pin, { slug: w.slug, name: 'Eve' });
  await w.send('DELETE', `${session}/diners/${eve.diner.id}`, 'waiter');
  const other = await w.open(2);
  const ordered = await w.order(other.token);
  await w.send('POST', '/api/payments', 'waiter', { session_id: other.session.id, amount: 100, method: 'cash' });
  await w.send('POST', `/api/sessions/${other.session.id}/merge`, 'waiter', { session_id: w.asha.session.id });
  await w.read(`/api/orders/${ordered.id}`, other.token);
  const staffs = await w.make(`/api/tables/${w.table(3).id}/session`, 'waiter', undefined);
  w.stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${staffs.session.id}'`);
  await w.open(3);
}

async function calls(w) {
  const call = await w.make('/api/service-calls', w.asha.token, { kind: 'water' });
  for (const who of ['waiter', w.asha.token])
    for (const query of ['', '?status=open', '?status=acknowledged']) await w.read(`/api/service-calls${query}`, who);
  await w.send('POST', `/api/service-calls/${call.id}/ack`, 'waiter');
}

async function orders(w) {
  const key = newKey(), body = orderOf(lineOf(w.dish));
  w.stack.sql(`UPDATE sessions SET expires_at = now() + interval '5 minutes' WHERE id = '${w.asha.session.id}'`); // the order pushes it on
  await w.make('/api/orders', w.asha.token, body, { key });
  await w.make('/api/orders', w.asha.token, body, { key }); // repeated
  await w.send('POST', '/api/orders/quote', w.bela.token, body);
  w.order1 = await w.order(w.bela.token, 2);
  await w.make('/api/orders', 'waiter', { ...body, table_id: w.table(1).id, customer_phone: '+49 151 000000' });
  await w.make('/api/orders', 'waiter', { ...body, session_id: w.asha.session.id, diner_id: w.asha.diner.id });
  const takeaway = await w.order('waiter', 1, { order_type: 'takeaway' });
  const now = new Date().toISOString();
  for (const query of ['', '?status=pending&limit=5', '?status=completed&limit=5', `?from=${now}`, `?status=completed&from=${now}`, `?to=${now}`,
    `?session_id=${w.asha.session.id}`, '?limit=2', `?updated_since=${now}`, `?updated_since=${now}&status=completed`,
    `?table_id=${w.table(0).id}`, `?table_id=${w.table(0).id}&status=cancelled`, `?table_id=${w.table(0).id}&payment_status=refunded`,
    '?status=ready,served&limit=5', '?payment_status=partially_refunded&limit=5', '?payment_status=unpaid,partially_paid&limit=5',
    '?order_type=takeaway&limit=5', // which read a page of each combination: short ones, so that a few days fill them
    `?order_number=${w.order1.order_number}`, '?order_number=1000000', '?customer_phone=%2B49%20151%20000000', `?diner_id=${w.order1.diner_id}`])
    for (const who of ['waiter', w.asha.token]) await w.read(`/api/orders${query}`, who);
  await w.read(`/api/orders/${w.order1.id}`, w.asha.token);
  await w.read('/api/kitchen', 'kitchen');
  const line = w.order1.items[0].id;
  for (const status of ['preparing', 'ready', 'preparing', 'ready']) await w.send('PUT', `/api/orders/${w.order1.id}/items/${line}`, 'kitchen', { status });
  await w.send('PUT', `/api/orders/${w.order1.id}`, 'waiter', { status: 'served' });
  await w.read(`/api/orders/${w.order1.id}/history`, 'waiter');
  await w.send('DELETE', `/api/orders/${takeaway.id}`, 'manager', { reason: 'a trial' });
}

async function payments(w) {
  const session = { session_id: w.asha.session.id }, order = { order_id: w.order1.id };
  await w.order(w.asha.token, 2);
  const card = w.card = new Provider(w.stack, 'card-pay', { slug: w.slug });
  expectStatus(await card.setUp(w.tokens.owner), 200);
  const intend = (amount) => w.make('/api/payments/intents', w.asha.token, { ...order, amount, provider: 'card-pay' });
  await w.send('DELETE', `/api/payments/intents/${(await intend(100)).id}`, w.asha.token);
  const failed = await intend(100);
  ok(await card.failed(failed));
  const intent = await intend(100), event = card.event(intent);
  ok(await card.send(event));
  ok(await card.send(event)); // repeated
  const ofSession = await w.make('/api/payments/intents', w.bela.token, { ...session, amount: 100, provider: 'card-pay' });
  ok(await card.captured(ofSession));
  const payment = await w.make('/api/payments', 'cashier', { ...order, amount: 100, method: 'cash' });
  await w.make(`/api/payments/${payment.id}/refunds`, 'cashier', { amount: 50, reason: 'cold' });
  for (const split of ['none', 'equal&parts=2', 'diner']) await w.read(`/api/sessions/${w.asha.session.id}/bill?split=${split}`, w.asha.token);
  const { due } = await w.read(`/api/sessions/${w.asha.session.id}/bill`, 'waiter');
  await w.make('/api/payments', 'cashier', { ...session, amount: due, method: 'card' });
  for (const path of ['', `?order_id=${w.order1.id}`, `?session_id=${w.asha.session.id}`, `/${payment.id}`]) await w.read(`/api/payments${path}`, 'cashier');
}

// What happens to orders later, and bills that are split.
async function bills(w) {
  const [asha, bela] = [await w.open(0), await w.open(2)], session = { session_id: asha.session.id };
  const split = `/api/sessions/${asha.session.id}/split`;
  const adjust = (order, body, by = 'manager') => w.make(`/api/orders/${order.id}/adjustments`, by, { reason: 'cold', ...body });
  const first = await w.order(asha.token, 3), second = await w.order(asha.token), item = { item_id: first.items[0].id };
  await adjust(first, { kind: 'void', ...item, quantity: 1 }, 'waiter');
  await adjust(first, { kind: 'discount', rate_ppm: 100000 }, 'cashier');
  await w.read(`/api/orders/${first.id}/adjustments`, asha.token);
  await w.make(`/api/orders/${first.id}/transfer`, 'waiter', { session_id: bela.session.id, items: [{ ...item, quantity: 1 }], reason: 'they moved' });
  await w.send('PUT', `/api/orders/${(await w.order(asha.token)).id}`, 'waiter', { status: 'cancelled' });
  const alone = await w.order('waiter', 1, { order_type: 'takeaway' });
  await adjust(alone, { kind: 'discount', amount: 1 });
  await w.send('POST', '/api/payments', 'waiter', { order_id: alone.id, amount: 1, method: 'cash' });
  // Credit pays what is ordered next.
  const paid = await w.make('/api/payments', 'cashier', { ...session, diner_id: asha.diner.id, amount: second.total_amount, method: 'card' });
  const more = await w.make('/api/payments', 'cashier', { ...session, diner_id: asha.diner.id, amount: 100, method: 'card' });
  await w.send('POST', `/api/payments/${more.id}/void`, 'cashier', { reason: 'another table' });
  await w.make(`/api/payments/${paid.id}/refunds`, 'cashier', { amount: 10, reason: 'cold', reopens_due: true });
  await adjust(second, { kind: 'comp', item_id: second.items[0].id });
  const open = await w.order(asha.token, 2);
  // Online money goes back when the provider says so.
  const { card } = w;
  const intent = await w.make('/api/payments/intents', asha.token, { ...session, amount: 50, provider: 'card-pay' });
  await w.read(`/api/payments/intents?session_id=${asha.session.id}`, 'waiter');
  const { payment_id } = ok(await card.captured(intent));
  const { refunds } = await w.make(`/api/payments/${payment_id}/refunds`, 'cashier', { amount: 20, reason: 'cold' });
  ok(await card.refunded(intent, refunds[0]));
  // Shares.
  await w.make(split, asha.token, { by: 'diner' });
  await w.order('waiter', 1, session);
  await w.read(split, 'waiter');
  await w.send('DELETE', split, 'waiter');
  const { shares: [dish] } = await w.make(split, asha.token, { by: 'item', shares: [{ label: 'A', items: [{ item_id: open.items[0].id }] }] });
  await w.make('/api/payments', 'cashier', { share_id: dish.id, amount: 10, method: 'card' });
  const { shares: [, share] } = await w.make(split, asha.token, { by: 'equal', parts: 2 }); // beside the one that was paid
  await w.make('/api/payments', 'cashier', { share_id: share.id, amount: 10, method: 'card' });
  await w.send('POST', `/api/sessions/${asha.session.id}/merge`, 'waiter', { session_id: bela.session.id });
  // A deposit.
  const deposit = await w.make('/api/payments', 'cashier', { purpose: 'deposit', amount: 100, method: 'cash' });
  await w.order('cashier', 1, { order_type: 'takeaway', deposit_id: deposit.id, deposit_used: 100 });
  await w.send('POST', `/api/sessions/${bela.session.id}/close`, 'manager', { force: true });
}

// The day: a drawer with cash that comes and goes, notes.
async function day(w) {
  const drawer = await w.make('/api/drawers', 'cashier', { float: 10000 });
  await w.make(`/api/drawers/${drawer.id}/movements`, 'cashier', { amount: -100, reason: 'ice' });
  const alone = await w.order('cashier', 1, { order_type: 'takeaway' });
  const cash = await w.make('/api/payments', 'cashier', { order_id: alone.id, amount: alone.total_amount, tip_amount: 10, method: 'cash' });
  await w.make(`/api/payments/${cash.id}/refunds`, 'cashier', { amount: 10, reason: 'cold' });
  const wrong = await w.make('/api/payments', 'cashier', { purpose: 'deposit', amount: 10, method: 'cash' });
  await w.make(`/api/payments/${wrong.id}/void`, 'cashier', { reason: 'by card' });
  for (const path of ['', '?open=true', '?open=false', `/${drawer.id}`]) await w.read(`/api/drawers${path}`, 'cashier');
  await w.make(`/api/drawers/${drawer.id}/close`, 'cashier', { counted: 10000 });
  const note = await w.make('/api/shift-notes', 'waiter', { text: 'the ice machine leaks' });
  for (const query of ['', `?from=${note.business_date}`, `?cursor=${note.id}`]) await w.read(`/api/shift-notes${query}`, 'kitchen');
}

// Issued, corrected, read; by the payment that settles, too.
async function receipts(w) {
  const [asha, bela] = [await w.open(0), await w.open(2)], paper = { headers: { Accept: 'text/html' } };
  const order = await w.order(asha.token, 2), alone = await w.order('waiter', 1, { order_type: 'takeaway' }), shared = await w.order(bela.token);
  const receipt = await w.make(`/api/sessions/${asha.session.id}/receipts`, 'waiter', { buyer: { name: 'Lakshmi Traders' } });
  await w.make(`/api/orders/${alone.id}/receipts`, 'waiter', undefined);
  await w.make(`/api/orders/${order.id}/adjustments`, 'manager', { kind: 'void', item_id: order.items[0].id, quantity: 1, reason: 'cold' });
  for (const path of [`/api/receipts/${receipt.id}`, `/api/sessions/${asha.session.id}/receipt`, `/api/orders/${order.id}/receipt`, `/api/sessions/${bela.session.id}/receipt`]) {
    await w.read(path, 'waiter');
    await w.send('GET', path, 'waiter', undefined, paper);
  }
  await w.read('/api/sessions/current/receipt', asha.token);
  const { shares: [share, other] } = await w.make(`/api/sessions/${bela.session.id}/split`, bela.token, { by: 'equal', parts: 2 });
  await w.make(`/api/sessions/${bela.session.id}/receipts`, 'waiter', { share_id: share.id });
  await w.read(`/api/sessions/current/receipt?share_id=${share.id}`, bela.token);
  await w.send('PATCH', '/api/restaurant', 'owner', { receipt_at_settlement: true });
  await w.make('/api/payments', 'cashier', { share_id: other.id, amount: other.amount, method: 'card' });
  await w.send('PATCH', '/api/restaurant', 'owner', { receipt_at_settlement: false });
  for (const query of ['?limit=5', '?limit=2', `?limit=5&from=${receipt.business_date}&to=${receipt.business_date}`, `?limit=2&cursor=${receipt.id}`]) await w.read(`/api/receipts${query}`, 'cashier');
  expectStatus(await call(w.stack, 'POST', `/api/sessions/${asha.session.id}/merge`, { token: w.tokens.waiter, body: { session_id: bela.session.id } }), 409);
  for (const { id } of [order, alone, shared]) await w.send('PUT', `/api/orders/${id}`, 'waiter', { status: 'served' }); // the kitchen's list is as long as before
  for (const { session } of [asha, bela]) await w.send('POST', `/api/sessions/${session.id}/close`, 'manager', { force: true });
}

async function fixed(w) {
  expectStatus(await call(w.stack, 'PATCH', '/api/restaurant', { token: w.tokens.owner, body: { fiscal_year_start: '04-02' } }), 409);
  expectStatus(await call(w.stack, 'PATCH', '/api/restaurant', { token: w.tokens.owner, body: { currency: 'EUR' } }), 409);
}

async function reports(w) {
  const day = w.order1.business_date;
  for (const by of ['day', 'hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason']) await w.read(`/api/reports/sales?from=${day}&to=${day}&by=${by}`, 'manager');
  await w.read(`/api/exports/documents?from=${day}&to=${day}`, 'manager');
}

async function offline(w) {
  const change = (type, payload) => ({ change_id: `${type} ${w.word}`, type, payload });
  for (let i = 0; i < 2; i++) // repeated
    await w.send('POST', '/api/sync', w.asha.token, { client_id: 'phone', changes: [change('order.create', orderOf(lineOf(w.dish)))] });
  await w.send('POST', '/api/sync', 'waiter', { client_id: 'till', changes: [
    { ...change('order.create', { ...orderOf(lineOf(w.dish)), table_id: w.table(1).id }), occurred_at: new Date().toISOString() }] });
  for (const who of [w.asha.token, 'kitchen', 'waiter']) {
    const { next_cursor: cursor } = await w.read('/api/sync', who);
    await w.read(`/api/sync?since=${encodeURIComponent(cursor)}`, who);
  }
}

async function events(w) {
  const { ticket } = await w.send('POST', '/api/events/ticket', w.asha.token);
  for (const how of [{ ticket }, { token: w.asha.token }, { token: w.tokens.waiter }]) {
    const listener = await listen(w.stack, how);
    expectStatus(listener, 200);
    listener.close();
  }
}

async function ending(w) {
  await w.read(`/api/sessions/${w.asha.session.id}/activity`, 'waiter');
  for (const [what, body] of [['close', { force: true }], ['reopen', undefined], ['close', { force: true }]]) await w.send('POST', `/api/sessions/${w.asha.session.id}/${what}`, 'manager', body);
  ok(await get(w.stack, '/health'));
}

/** A day before all others is closed: the next walk may still do what is of this one. */
async function close(w) {
  const alone = await w.order('cashier', 1, { order_type: 'takeaway' });
  await w.make('/api/payments', 'cashier', { order_id: alone.id, amount: 0, tip_amount: 5, method: 'card' });
  const [date] = w.stack.sql(`SELECT coalesce(r.closed_through + 1, '1990-01-01') FROM restaurants r JOIN slugs s ON s.restaurant_id = r.id WHERE s.slug = '${w.slug}'`)[0];
  await w.make(`/api/business-days/${date}/close`, 'manager', { force: true });
  for (const path of ['', '?limit=1', `?from=${date}&to=${date}`, `/${date}/close`]) await w.read(`/api/business-days${path}`, 'owner');
  await w.send('PUT', `/api/orders/${alone.id}`, 'waiter', { status: 'served' }); // the kitchen's list is as long as before
}

/** Walks through all of it; see above. */
export async function walk(stack, slug, tableNumbers, word) {
  const w = new Walk(stack, slug, tableNumbers, word);
  for (const part of [signIns, staff, restaurant, menu, tables, sessions, calls, orders, payments, bills, day, receipts, close, fixed, reports, offline, events, ending]) await part(w);
}
