// The pictures of the QR codes: what a scanner reads in them, how they are made,
// and what they say underneath.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, expectProblem, expectStatus, get, openSession, post, tokenOf } from './lib/client.mjs';
import { exchange, headersOf } from './lib/exchange.mjs';
import { ownMemory, workersOf } from './lib/processes.mjs';
import { level, modules, pixels, quietZone, rasterize, scan, scanAll, words } from './lib/qr.mjs';
import { isSanitized } from './lib/paths.mjs';
import { reload } from './lib/settings.mjs';
import { startStack } from './lib/stack.mjs';

const slug = 'spice-garden', otherSlug = 'caffe-lungarno';
const kinds = { svg: 'image/svg+xml', png: 'image/png' };

let stack, manager, waiter;
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: 2, DATABASE_POOL_MAX: 2 } });
  manager = await tokenOf(stack, 'manager');
  waiter = await tokenOf(stack, 'waiter');
});
after(() => stack?.stop());

/** The picture's answer, and its body as it came. */
async function picture(id, kind, { token = waiter, headers = {}, method = 'GET' } = {}) {
  const answer = await exchange(`${stack.url}/api/tables/${id}/qr.${kind}`, { method, headers: { Authorization: `Bearer ${token}`, ...headers } });
  return { status: answer.status, headers: headersOf(answer.headers), body: answer.bytes };
}

/** Both pictures of a table: {svg, png}. */
async function both(id, options) {
  const answers = {};
  for (const [kind, type] of Object.entries(kinds)) {
    const answer = await picture(id, kind, options);
    assert.equal(answer.status, 200, answer.body.toString());
    assert.equal(answer.headers.get('content-type'), type);
    assert.equal(answer.headers.get('content-length'), String(answer.body.length));
    answers[kind] = answer.body;
  }
  return { svg: answers.svg.toString(), png: answers.png };
}

let names = 0;
const made = async (name = `New ${++names}`) => expectStatus(await post(stack, '/api/tables', { token: manager, body: { name, seats: 4 } }), 201).json;
const urlOf = (code, base = stack.url, restaurant = slug) => `${base}/api/r/${restaurant}/tables/${code}`;

test('a scanner reads the table\'s address in both', async () => {
  const images = [], wanted = [];
  for (const restaurant of [slug, otherSlug]) {
    const token = await tokenOf(stack, 'waiter', restaurant);
    for (const table of stack.restaurant(restaurant).tables.slice(0, 3)) {
      const { svg, png } = await both(table.id, { token });
      const url = urlOf(table.code, stack.url, restaurant);
      for (const image of [png, rasterize(svg, 200), rasterize(svg, 900)]) {
        images.push(image);
        wanted.push([url]);
      }
      // And the address is the right one.
      const welcome = await get(stack, new URL(url).pathname);
      assert.equal(expectStatus(welcome, 200).json.table.id, table.id);
    }
  }
  assert.deepEqual(scanAll(images), wanted);
});

test('error correction M, four modules of quiet zone', async () => {
  const { svg } = await both(stack.restaurant().tables[0].id);
  const matrix = modules(svg);
  assert.equal(quietZone(matrix), 4);
  assert.equal(level(matrix), 'M');
});

test('the SVG is sized for paper and its words are text', async () => {
  const { svg } = await both(stack.restaurant().tables[0].id);
  const [, width, height, w, h] = /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* width="([\d.]+)mm" height="([\d.]+)mm" viewBox="0 0 ([\d.]+) ([\d.]+)">/.exec(svg).map(Number);
  assert.ok(width >= 30 && width <= 100);
  assert.ok(Math.abs(height / width - h / w) < 0.001);
  assert.deepEqual(words(svg), { title: 'Table 1, Spice Garden', lines: ['Table 1', 'Spice Garden'] });
  for (const [, y] of svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)) assert.ok(Number(y) > w && Number(y) < h, 'beneath the code');
});

test('the PNG has the SVG\'s modules, each a square of black or white pixels', async () => {
  const { svg, png } = await both(stack.restaurant().tables[0].id);
  const matrix = modules(svg), image = pixels(png), scale = image.width / matrix.size;
  assert.ok(Number.isInteger(scale), `${image.width} pixels for ${matrix.size} modules`);
  assert.ok(image.width >= 900 && image.width <= 1100);
  for (let y = 0; y < image.width; y++)
    for (let x = 0; x < image.width; x++)
      if (image.at(x, y) !== (matrix.dark(Math.floor(x / scale), Math.floor(y / scale)) ? 0 : 255)) assert.fail(`pixel ${x}, ${y}: ${image.at(x, y)}`);
  let ink = 0;
  for (let y = image.width; y < image.height; y++) for (let x = 0; x < image.width; x++) ink += image.at(x, y) < 100;
  assert.ok(ink > 1000, 'no name beneath');
});

test('names of all kinds', async () => {
  const images = [], wanted = [];
  for (const name of ['<&">', '</text></svg><script>alert(1)</script>', "O'Neil & Söhne", 'x'.repeat(60), 'W'.repeat(60), 'The round table beside the kitchen door, second from the wall',
    'Тераса 5', 'طاولة ١٢', 'मेज 7', '北京市'.repeat(20), '🍛 1', 'a\u2028b\u2029c', '\ufffe\uffff!']) {
    const created = await post(stack, '/api/tables', { token: manager, body: { name, seats: 2 } });
    if (created.status === 422) continue; // not a name here
    const table = expectStatus(created, 201).json, { svg, png } = await both(table.id);
    for (const image of [png, rasterize(svg, 400)]) {
      images.push(image);
      wanted.push([urlOf(table.code)]);
    }
    const { title, lines } = words(svg), shown = table.name.replace(/[\ufffe\uffff]/g, '\ufffd');
    assert.equal(title, `${shown}, Spice Garden`);
    assert.equal(lines.at(-1), 'Spice Garden');
    assert.equal(lines.slice(0, -1).join('').replaceAll(' ', ''), shown.replaceAll(' ', ''));
    assert.ok(!svg.includes('<script'));
    const image = pixels(png);
    for (let y = image.width; y < image.height; y++) assert.ok(image.at(0, y) === 255 && image.at(image.width - 1, y) === 255, 'over the edge');
  }
  assert.deepEqual(scanAll(images), wanted);
});

test('a changed name, a changed restaurant', async () => {
  const table = await made(), first = await both(table.id);
  const name = `Corner ${++names}`;
  expectStatus(await call(stack, 'PATCH', `/api/tables/${table.id}`, { token: manager, body: { name } }), 200);
  const second = await both(table.id);
  assert.deepEqual(words(second.svg).lines, [name, 'Spice Garden']);
  assert.equal(/<path.*/.exec(second.svg)[0], /<path.*/.exec(first.svg)[0], 'the code is the same');
  assert.notDeepEqual(second.png, first.png);
});

test('a new code: the old address is gone, the new picture has the new one', async () => {
  const table = await made();
  const [old] = scan((await both(table.id)).png);
  assert.equal(old, urlOf(table.code));
  const { code } = expectStatus(await post(stack, `/api/tables/${table.id}/qr`, { token: manager }), 200).json;
  expectProblem(await get(stack, new URL(old).pathname), 410, 'qr_retired');
  const { svg, png } = await both(table.id);
  assert.deepEqual(scanAll([png, rasterize(svg, 400)]), [[urlOf(code)], [urlOf(code)]]);
  expectStatus(await get(stack, new URL(urlOf(code)).pathname), 200);
});

test('the entity tag', async () => {
  const table = await made(), tags = new Set();
  for (const kind of Object.keys(kinds)) {
    const answer = await picture(table.id, kind), etag = answer.headers.get('etag');
    assert.match(etag, /^W\/"[0-9a-f]{32}"$/);
    assert.equal(answer.headers.get('cache-control'), 'private, no-cache');
    tags.add(etag);
    for (const known of [etag, etag.slice(2), `"x", ${etag}`, '*']) {
      const again = await picture(table.id, kind, { headers: { 'If-None-Match': known } });
      assert.equal(again.status, 304, known);
      assert.equal(again.body.length, 0);
      assert.equal(again.headers.get('etag'), etag);
    }
    for (const other of ['"x"', 'x', etag.replace('"', '"0')]) assert.equal((await picture(table.id, kind, { headers: { 'If-None-Match': other } })).status, 200, other);
  }
  assert.equal(tags.size, 2);
  expectStatus(await post(stack, `/api/tables/${table.id}/qr`, { token: manager }), 200);
  for (const kind of Object.keys(kinds)) for (const tag of tags) assert.equal((await picture(table.id, kind, { headers: { 'If-None-Match': tag } })).status, 200);
});

test('HEAD, other methods, a query, crooked paths', async () => {
  const { id } = await made();
  for (const kind of Object.keys(kinds)) {
    const head = await picture(id, kind, { method: 'HEAD' });
    assert.equal(head.status, 200);
    assert.equal(head.body.length, 0);
    assert.equal(head.headers.get('content-type'), kinds[kind]);
    const path = `/api/tables/${id}/qr.${kind}`;
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await call(stack, method, path, { token: manager });
      expectProblem(answer, 405, 'method_not_allowed');
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    }
    expectProblem(await get(stack, `${path}?size=9`, { token: waiter }), 422, 'validation_failed', ['size']);
    for (const crooked of [`/api/tables/${id}/qr%2e${kind}`, `/api/tables/${id}/qrx${kind}`, `${path}/`, `/api/tables/${id}/QR.${kind}`, `/api/tables/${id}/qr.`, `/api/tables/${id}//qr.${kind}`])
      expectProblem(await get(stack, crooked, { token: waiter }), 404, 'not_found');
  }
});

test('which roles may, and for which tables', async () => {
  const { id } = await made();
  const guest = await openSession(stack, 5);
  const tokens = { waiter, manager };
  for (const role of ['cashier', 'owner', 'kitchen']) tokens[role] = await tokenOf(stack, role);
  for (const kind of Object.keys(kinds)) {
    const path = `/api/tables/${id}/qr.${kind}`;
    for (const role of ['waiter', 'cashier', 'manager', 'owner']) assert.equal((await picture(id, kind, { token: tokens[role] })).status, 200, role);
    for (const token of [guest.token, tokens.kitchen]) expectProblem(await get(stack, path, { token }), 403, 'insufficient_role');
    expectProblem(await get(stack, path), 401, 'unauthenticated');
    const foreign = stack.restaurant(otherSlug).tables[0].id;
    for (const other of [foreign, randomUUID(), 'x', guest.session.id]) expectProblem(await get(stack, `/api/tables/${other}/qr.${kind}`, { token: waiter }), 404, 'not_found');
  }
  expectStatus(await call(stack, 'DELETE', `/api/tables/${id}`, { token: manager }), 204);
  for (const kind of Object.keys(kinds)) expectProblem(await get(stack, `/api/tables/${id}/qr.${kind}`, { token: waiter }), 404, 'not_found');
});

const kept = isSanitized() && 'a sanitized build keeps what was freed, and itself finds what is lost';
test('workers do not grow with the pictures they draw', { skip: kept }, async (t) => {
  const { tables } = stack.restaurant();
  const draw = async (n) => {
    for (let i = 0; i < n; i += 4) await Promise.all([0, 1, 2, 3].map((k) => picture(tables[(i + k) % tables.length].id, k % 2 ? 'svg' : 'png')));
  };
  // Each worker's when it rests: it gives memory back then.
  const workers = async () => {
    await sleep(1000);
    return workersOf(stack.pid).map((pid) => [pid, ownMemory(pid)]);
  };
  await draw(80);
  const before = new Map(await workers());
  await draw(200);
  for (const [pid, now] of await workers()) {
    if (!before.has(pid)) continue;
    t.diagnostic(`worker ${pid}: ${before.get(pid)} kB, then ${now} kB`);
    assert.ok(now - before.get(pid) < 200, `grown by ${now - before.get(pid)} kB`);
  }
});

// The last: it changes what all the others' pictures say.
test('PUBLIC_URL', async () => {
  const [table] = stack.restaurant().tables;
  await reload(stack, { PUBLIC_URL: '' });
  for (const kind of Object.keys(kinds)) {
    const problem = expectProblem(await get(stack, `/api/tables/${table.id}/qr.${kind}`, { token: waiter }), 409, 'public_url_missing');
    assert.match(problem.detail, /PUBLIC_URL/);
    expectProblem(await get(stack, `/api/tables/${table.id.replace(/^./, 'f')}/qr.${kind}`, { token: waiter }), 404, 'not_found');
  }
  for (const [url, base] of [['https://orders.example.com', 'https://orders.example.com'], ['https://orders.example.com/', 'https://orders.example.com'],
    ['http://example.com/a/very/long/path/'.padEnd(200, 'x'), 'http://example.com/a/very/long/path/'.padEnd(200, 'x')]]) {
    await reload(stack, { PUBLIC_URL: url });
    const { svg, png } = await both(table.id), wanted = [urlOf(table.code, base)];
    assert.deepEqual(scanAll([png, rasterize(svg)]), [wanted, wanted]);
    assert.equal(level(modules(svg)), 'M');
  }
});
