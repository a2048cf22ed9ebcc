// Live events in a real browser: what a page of a guest and one of another
// restaurant see, with fetch, EventSource and WebSocket as Chromium has them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { expectStatus, lineOf, newKey, orderOf, post, put, readMenu, tokenOf } from '../api/lib/client.mjs';
import { packages } from '../api/lib/paths.mjs';
import { freePorts, startStack } from '../api/lib/stack.mjs';
import { until } from '../api/lib/until.mjs';

const { chromium } = packages('playwright-core');
const ours = 'spice-garden', theirs = 'caffe-lungarno';

let stack, pages, origin, elsewhere, browser, waiter, manager, order, theirOrder;
before(async () => {
  const port = await freePorts(2);
  [origin, elsewhere] = [`http://localhost:${port}`, `http://localhost:${port + 1}`];
  pages = [port, port + 1].map((p) => createServer((_, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A table</title>'))
    .listen(p, '127.0.0.1'));
  stack = await startStack({ mirror: false, settings: { CORS_ORIGINS: origin } });
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  [waiter, manager] = [await tokenOf(stack, 'waiter'), await tokenOf(stack, 'manager')];
  const available = async (slug) => orderOf(lineOf((await readMenu(stack, slug)).items.find((i) => i.is_available)));
  [order, theirOrder] = [await available(ours), await available(theirs)];
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
});
after(async () => {
  await browser?.close();
  pages?.forEach((p) => p.close());
  await stack?.stop();
});
beforeEach(() => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`));
const contexts = [];
afterEach(() => Promise.all(contexts.splice(0).map((c) => c.close())));

/** What runs in the page: the client of a table. */
function client({ url, slug, code }) {
  const call = async (method, path, { token, body, key } = {}) => {
    const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...(key ? { 'Idempotency-Key': key } : {}) };
    const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
    return { status: response.status, json: await response.json(), requestId: response.headers.get('x-request-id') };
  };
  const ticket = async () => (await call('POST', '/api/events/ticket', { token: self.token })).json.ticket;
  /** Notes what comes; resolves when it is open, or has failed. */
  const follow = (source) => new Promise((done) => {
    const heard = { events: [] };
    const become = (state) => () => { heard.state = state; done(state); };
    source.onopen = become('open');
    source.onmessage = ({ data }) => heard.events.push(JSON.parse(data));
    source.onerror = become('failed');
    source.onclose = become('closed');
    self.heard.push(heard);
    self.sources.push(source);
  });
  const self = {
    heard: [],
    sources: [],
    over: () => self.sources.every((s) => s.readyState === s.CLOSED),
    async open() {
      const answer = await call('POST', `/api/r/${slug}/sessions`, { body: { code, display_name: 'Asha' } });
      Object.assign(self, { token: answer.json.token, session: answer.json.session });
      return { ...answer, session: self.session };
    },
    ticket,
    stream: async (one) => follow(new EventSource(`${url}/events?ticket=${one ?? await ticket()}`)),
    socket: async (one) => follow(new WebSocket(`${url.replace('https:', 'wss:')}/events?ticket=${one ?? await ticket()}`)),
    snapshot: () => call('GET', '/api/sync', { token: self.token }),
    place: (body, key) => call('POST', '/api/orders', { token: self.token, body, key }),
  };
  globalThis.table = self;
}

/** A page of its own profile that is at a table: do(name, ...) calls a function of the client, heard() what its streams have. */
async function pageAt(slug, from = origin) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  contexts.push(context);
  const page = await context.newPage();
  await page.goto(from);
  await page.evaluate(client, { url: stack.url, slug, code: stack.restaurant(slug).tables[0].code });
  return {
    do: (name, ...args) => page.evaluate(([n, a]) => globalThis.table[n](...a), [name, args]),
    heard: () => page.evaluate(() => globalThis.table.heard),
  };
}

/** At its table, listening in both ways. */
async function listening(slug) {
  const page = await pageAt(slug);
  const answer = await page.do('open');
  assert.equal(answer.status, 201);
  assert.match(answer.requestId, /^[0-9a-f]{32}$/, 'an exposed header');
  assert.deepEqual([await page.do('stream'), await page.do('socket')], ['open', 'open']);
  return { ...page, session: answer.session };
}

const versions = (heard, id) => heard.map(({ events }) => events.filter((e) => e.resource.id === id).map((e) => e.resource.version));
const confirm = async (id, token) => expectStatus(await put(stack, `/api/orders/${id}`, { token, body: { status: 'confirmed' } }), 200).json;

test('a guest\'s page listens, takes the snapshot, orders, and hears of it; another restaurant\'s page hears nothing of that', async () => {
  const [page, other] = [await listening(ours), await listening(theirs)];
  const before = await page.do('snapshot');
  assert.deepEqual([before.status, before.json.orders], [200, []]);
  const placed = await page.do('place', order, newKey());
  assert.equal(placed.status, 201, JSON.stringify(placed));
  const confirmed = await confirm(placed.json.id, waiter);
  await until('both streams hear the order and its step', async () => JSON.stringify(versions(await page.heard(), confirmed.id)) === '[[1,2],[1,2]]');
  for (const { events } of await page.heard())
    assert.deepEqual(events.filter((e) => e.resource.id === confirmed.id).map((e) => [e.type, e.resource.status]), [['order.created', 'pending'], ['order.updated', 'confirmed']]);
  const { json } = await page.do('snapshot');
  assert.deepEqual(json.orders.map((o) => [o.id, o.version, o.status]), [[confirmed.id, 2, 'confirmed']]);
  // The other page's own order comes after all of that.
  const own = await other.do('place', theirOrder, newKey());
  await until('the other page hears its own order', async () => JSON.stringify(versions(await other.heard(), own.json.id)) === '[[1],[1]]');
  const there = stack.restaurant(theirs).id;
  for (const { events } of await other.heard()) assert.ok(events.every((e) => e.restaurant_id === there), JSON.stringify(events));
  for (const { events } of await page.heard()) assert.ok(events.every((e) => e.restaurant_id !== there), JSON.stringify(events));
});

test('a closed session: the page hears it, notices the end of both streams, and does not come back', async () => {
  const page = await listening(ours);
  expectStatus(await post(stack, `/api/sessions/${page.session.id}/close`, { token: manager, body: { force: true } }), 200);
  // An EventSource comes back by itself, with its ticket that was used, and is refused for good.
  await until('both are over', () => page.do('over'), 30000);
  const heard = await page.heard();
  assert.deepEqual(heard.map(({ events }) => events.at(-1)?.resource.status), ['closed', 'closed']);
  assert.deepEqual(heard.map(({ state }) => state), ['failed', 'closed']);
  const again = await page.do('snapshot');
  assert.deepEqual([again.status, again.json.code], [401, 'session_ended']);
});

test('a used ticket is refused in both ways', async () => {
  const page = await pageAt(ours);
  await page.do('open');
  for (const [first, second] of [['stream', 'socket'], ['socket', 'stream']]) {
    const ticket = await page.do('ticket');
    assert.equal(await page.do(first, ticket), 'open');
    assert.equal(await page.do(second, ticket), 'failed');
  }
});

test('a page from an unlisted origin cannot read answers', async () => {
  const page = await pageAt(ours, elsewhere);
  await assert.rejects(page.do('open'), /Failed to fetch/);
  const guest = await pageAt(ours);
  assert.equal((await guest.do('open')).status, 201, 'the table was left alone');
  assert.equal(await page.do('stream', await guest.do('ticket')), 'failed');
});
