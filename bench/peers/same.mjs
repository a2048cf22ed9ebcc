// Whether a peer does what the product does: the same rows of an order, the same
// answers, the same menu, and refusals where the product refuses.
import { call, expectStatus, get, joinSession, lineOf, newKey, orderOf, readMenu, tokenOf } from '../../tests/api/lib/client.mjs';
import { addedRows, countRows, rowsOfOrder, settle } from '../rows.mjs';

const other = 'caffe-lungarno';

// The surroundings of the first difference between two texts.
function excerpts(...texts) {
  const [a, b] = texts.map((text) => JSON.stringify(text) ?? 'nothing');
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  return [a, b].map((text) => text.slice(Math.max(0, i - 80), i + 80));
}

// The first place where two values differ, as text; undefined where none does.
function difference(product, peer, at = '') {
  if (Object(product) !== product || Object(peer) !== peer)
    return product === peer ? undefined : `${at}: ${excerpts(product, peer).join(', not ')}`;
  for (const key of new Set([...Object.keys(product), ...Object.keys(peer)])) {
    const found = difference(product[key], peer[key], `${at}/${key}`);
    if (found) return found;
  }
  return undefined;
}

const post = (url, token, options) => call({ url }, 'POST', '/api/orders', { token, documented: false, ...options });

// Each may hash a request in its own way.
const withoutHash = (row) => row.replace(/("request_hash":")[0-9a-f]{64}"/, '$1<hash>"');

// Headers that a client acts on, ids apart.
const headersOf = ({ headers }, id) => ['content-type', 'location', 'etag', 'cache-control']
  .map((name) => `${name}: ${headers.get(name)?.replace(/; charset=utf-8$/i, '').replace(id, '<id>')}`);

/** An order of the other demo restaurant with all that one may say: {token, body}. Tax is in its prices, and odd. */
export async function elsewhere(stack) {
  const [{ id, code }] = stack.restaurant(other).tables, waiter = await tokenOf(stack, 'waiter', other);
  const { pin } = expectStatus(await call(stack, 'POST', `/api/tables/${id}/session`, { token: waiter }), 201).json;
  const { token } = await joinSession(stack, code, pin, { slug: other }), { items } = await readMenu(stack, other);
  const lines = items.filter((i) => i.is_available).slice(0, 5).map((item, i) => ({ ...lineOf(item, i + 1), special_instructions: 'Senza "sale" \\ è' }));
  return { token, body: { ...orderOf(...lines), tip_amount: 150, payment_method: 'card', customer_name: 'Àsha', customer_phone: '+39 055',
    notes: '</p>\n\tGrazie', special_instructions: '½' } };
}

// Places an order: {rows: of each table, sample: as rowsOfOrder(), headers}.
async function placeOne(stack, url, { token, body }) {
  await settle(stack);
  const before = countRows(stack), key = newKey();
  const answer = expectStatus(await post(url, token, { key, body }), 201), { id } = answer.json;
  await settle(stack);
  const stored = stack.sql(`SELECT to_json(answer) FROM idempotency_keys WHERE key = '${key}'`)[0][0];
  if (JSON.parse(stored) !== answer.text) throw new Error(`the stored answer is not the one given: ${stored} ${answer.text}`);
  return { rows: addedRows(before, countRows(stack)).perOrder, sample: rowsOfOrder(stack, id).map(withoutHash), headers: headersOf(answer, id) };
}

// An order sent twice; and what is refused, by its status.
async function manners(stack, url, { token, body }) {
  const key = newKey(), first = await post(url, token, { key, body }), { orders } = countRows(stack);
  const again = await post(url, token, { key, body });
  const status = async (options) => (await post(url, token, { key: newKey(), body, ...options })).status;
  const [line, ...others] = body.items, instead = (part) => status({ body: { ...body, items: [{ ...line, ...part }, ...others] } });
  return {
    same: again.text === first.text && again.headers.get('idempotent-replayed'),
    more: countRows(stack).orders - orders,
    other_body: await status({ key, body: { ...body, notes: 'Another' } }),
    no_token: await status({ token: undefined }),
    wrong_signature: await status({ token: token.replace(/.{8}$/, 'AAAAAAAA') }),
    no_lines: await status({ body: { ...body, items: [] } }),
    long_notes: await status({ body: { ...body, notes: 'x'.repeat(1001) } }),
    no_such_item: await instead({ menu_item_id: newKey() }),
    no_choice: await instead({ customizations: [] }),
    twice: await instead({ customizations: [...line.customizations, ...line.customizations] }),
    none: await instead({ quantity: 0 }),
    no_restaurant: (await get({ url }, '/api/r/nowhere/menu', { documented: false })).status,
  };
}

async function menuOf(url, slug) {
  const answer = expectStatus(await get({ url }, `/api/r/${slug}/menu`, { headers: { 'Accept-Encoding': 'identity' }, documented: false }), 200);
  return { headers: headersOf(answer), menu: answer.json };
}

async function lookAt(stack, url, orders) {
  const seen = { orders: [], answers: await manners(stack, url, orders[0]), menus: [] };
  for (const order of orders) seen.orders.push(await placeOne(stack, url, order));
  for (const slug of ['bench-1', other]) seen.menus.push(await menuOf(url, slug));
  return seen;
}

/** Throws if a peer differs from the product, which comes first. orders: [{token, body}]. Returns the rows of the first. */
export async function checkSame(stack, [product, ...peers], orders) {
  const wanted = await lookAt(stack, product.url, orders);
  for (const { name, url } of peers) {
    const found = difference(wanted, await lookAt(stack, url, orders));
    if (found) throw new Error(`${name} does not do the same as the product, which has ${found}`);
  }
  return wanted.orders[0].rows;
}
