// Calls of the API as a guest's phone or a waiter's tablet makes them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { check } from './document.mjs';
import { exchange, headersOf } from './exchange.mjs';

/**
 * One request. body: an object sent as JSON, or a string or Buffer sent as it
 * is. from: the client's address, one of 127.0.0.0/8. The answer: {status, headers, text, json}; json undefined if it is none.
 * An exchange that does not fit docs/openapi.yaml throws, unless documented is
 * false, as for what is no part of the API.
 */
export async function call(stack, method, path, { token, body, headers = {}, key, from, documented = true } = {}) {
  const all = { ...headers };
  if (token) all.Authorization = `Bearer ${token}`;
  if (key) all['Idempotency-Key'] = key;
  let payload;
  if (body !== undefined) {
    if (!Object.keys(all).some((name) => name.toLowerCase() === 'content-type')) all['Content-Type'] = 'application/json';
    payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    all['Content-Length'] ??= Buffer.byteLength(payload); // which node:http leaves out for a DELETE
  }
  const { status, headers: received, bytes } = await exchange(stack.url + path, { method, headers: all, body: payload, from });
  const text = (received['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const answer = { status, headers: headersOf(received), text, json };
  if (documented) check(method, path, payload, answer);
  return answer;
}

export const get = (stack, path, options) => call(stack, 'GET', path, options);
export const post = (stack, path, options) => call(stack, 'POST', path, options);
export const put = (stack, path, options) => call(stack, 'PUT', path, options);
export const del = (stack, path, options) => call(stack, 'DELETE', path, options);
export const newKey = () => randomUUID();

/** Throws with the answer, or how it begins, unless the status is the wanted one. */
export function expectStatus(answer, status) {
  if (answer.status !== status) throw new Error(`status ${answer.status}, not ${status}: ${answer.text.slice(0, 4000)}`);
  return answer;
}

/** A problem of that status and code; fields: the pointers it names, all of them. */
export function expectProblem(answer, status, code, fields) {
  expectStatus(answer, status);
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(answer.json.status, status);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  if (fields) assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), answer.text);
  return answer.json;
}

/** A restaurant's slug on this system, by what the demo calls it; the first's by default. */
const slugOf = (stack, slug = stack.slug) => stack.restaurant(slug)?.slug ?? slug;

/** Signs staff in by role; returns the login answer's body. */
export async function signIn(stack, role, slug) {
  const account = stack.restaurant(slug).accounts.find((a) => a.role === role);
  const answer = await post(stack, '/api/auth/login',
    { body: { restaurant: slugOf(stack, slug), email: account.email, password: account.password } });
  return expectStatus(answer, 200).json;
}

/** A staff access token. */
export const tokenOf = async (stack, role, slug) => (await signIn(stack, role, slug)).access_token;

/** A diner opens the session of the restaurant's nth table (from 0). */
export async function openSession(stack, table = 0, { slug, name = 'Asha' } = {}) {
  const { code } = stack.restaurant(slug).tables[table];
  const answer = await post(stack, `/api/r/${slugOf(stack, slug)}/sessions`, { body: { code, display_name: name } });
  return { ...expectStatus(answer, 201).json, code };
}

/** A further diner joins; returns the answer's body. */
export async function joinSession(stack, code, pin, { slug, name = 'Bela' } = {}) {
  return expectStatus(await post(stack, `/api/r/${slugOf(stack, slug)}/sessions/join`, { body: { code, pin, display_name: name } }), 200).json;
}

/** The menu, and its items by name. */
export async function readMenu(stack, slug) {
  const menu = expectStatus(await get(stack, `/api/r/${slugOf(stack, slug)}/menu`), 200).json;
  const items = menu.categories.flatMap((c) => c.items);
  return { menu, items, byName: Object.fromEntries(items.map((i) => [i.name, i])) };
}

/** The least that must be chosen of an item's options. */
export function leastChoices(item) {
  return item.options.flatMap((o) =>
    o.values.filter((v) => v.is_available).slice(0, o.min_select).map((v) => ({ option_id: o.id, value_id: v.id })));
}

/** An order's line of the item, with the least choices. */
export const lineOf = (item, quantity = 1) =>
  ({ menu_item_id: item.id, quantity, customizations: leastChoices(item) });

/** The body of an order of the items. */
export const orderOf = (...lines) => ({ order_type: 'dine_in', items: lines });
