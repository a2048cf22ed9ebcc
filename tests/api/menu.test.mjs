// The menu: its shape, entity tags and encodings, and nginx's cache before it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { exchange } from './lib/exchange.mjs';
import { startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

let stack;
before(async () => {
  stack = await startStack();
});
after(() => stack?.stop());

const slug = 'spice-garden', path = `/api/r/${slug}/menu`;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const strong = /^"[^"]+"$/;

/** One request, its path and the answer as they are on the wire; call() would put the one straight and decode the other. */
async function raw(where = path, how = {}) {
  const answer = await exchange(stack.url, { path: where, ...how });
  return { ...answer, get json() { return JSON.parse(answer.bytes); } };
}

const gzip = { 'Accept-Encoding': 'gzip' };
const served = () => stack.log().filter((line) => line.msg === 'access' && line.route === '/api/r/{slug}/menu').length;

const menuOf = (answer) => JSON.parse(answer.headers['content-encoding'] === 'gzip' ? gunzipSync(answer.bytes) : answer.bytes);

/** Changes the menu as its routes do, and waits until neither cache, of plain and of compressed ones, has the old one. */
async function changed(sql, of = slug) {
  const where = `/api/r/${of}/menu`;
  const old = await Promise.all([{}, gzip].map(async (headers) => (await raw(where, { headers })).headers.etag));
  const [[version]] = stack.sql(`${sql}; UPDATE restaurants SET menu_version = menu_version + 1 WHERE slug = '${of}' RETURNING menu_version`).slice(-1);
  for (const [i, headers] of [{}, gzip].entries()) {
    await until('the new menu', async () => {
      const answer = await raw(where, { headers: { ...headers, 'If-None-Match': old[i] } });
      return answer.status === 200 && menuOf(answer).menu_version === Number(version);
    });
  }
}

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.bytes}`);
  assert.equal(answer.headers['content-type'], 'application/problem+json', what);
  assert.equal(answer.json.code, code, what);
  assert.equal(answer.json.request_id, answer.headers['x-request-id']);
}

const sorted = (list) => list.map((x) => x.position).every((p, i, all) => i === 0 || all[i - 1] <= p);

// The first: nothing has read this menu before.
test('fifty guests at a cold cache: a few requests reach the workers', async () => {
  const where = '/api/r/caffe-lungarno/menu';
  for (const [headers, what] of [[{}, 'plain'], [gzip, 'gzip']]) {
    const before = served(), start = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => raw(where, { headers })));
    const seconds = (performance.now() - start) / 1000;
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.bytes, answers[0].bytes);
      assert.equal(answer.headers.etag, answers[0].headers.etag);
    }
    assert.equal(new Set(answers.map((a) => a.headers['x-request-id'])).size, 50, 'each has its own request id');
    await until('a request of them in the log', () => served() > before);
    await sleep(200);
    const reached = served() - before;
    // After two seconds nginx lets go those that wait for the first.
    assert.ok(seconds >= 2 || reached <= 3 + seconds, `${what}: ${reached} of 50 in ${seconds} s`);
  }
});

test('fifty guests as the menu expires', async () => {
  await raw();
  await sleep(2100);
  const before = served(), start = performance.now();
  const answers = await Promise.all(Array.from({ length: 50 }, () => raw()));
  const seconds = (performance.now() - start) / 1000;
  for (const answer of answers) assert.equal(answer.status, 200);
  await until('a request of them in the log', () => served() > before);
  await sleep(200);
  const reached = served() - before;
  assert.ok(reached <= 3 + seconds, `${reached} of 50 in ${seconds} s`);
});

test('the shape', async () => {
  for (const where of ['spice-garden', 'caffe-lungarno']) {
    const answer = await raw(`/api/r/${where}/menu`);
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], 'application/json');
    const menu = answer.json;
    assert.deepEqual(Object.keys(menu).sort(), ['categories', 'menu_version', 'restaurant']);
    assert.equal(menu.restaurant.slug, where);
    assert.equal(menu.restaurant.id, stack.restaurant(where).id);
    assert.match(menu.restaurant.currency, /^[A-Z]{3}$/);
    for (const name of ['name', 'timezone', 'session_opening']) assert.equal(typeof menu.restaurant[name], 'string', name);
    for (const name of ['is_open', 'prices_include_tax']) assert.equal(typeof menu.restaurant[name], 'boolean', name);
    assert.ok(Number.isSafeInteger(menu.restaurant.tax_rate_ppm));
    assert.ok(Number.isSafeInteger(menu.menu_version));
    assert.ok(menu.categories.length > 0 && sorted(menu.categories));
    const ids = [];
    for (const category of menu.categories) {
      ids.push(category.id);
      assert.equal(typeof category.name, 'string');
      assert.ok(sorted(category.items), category.name);
      for (const item of category.items) {
        ids.push(item.id);
        for (const name of ['price', 'tax_rate_ppm', 'position']) assert.ok(Number.isSafeInteger(item[name]), `${item.name} ${name}`);
        assert.ok(item.price >= 0);
        for (const name of ['tags', 'allergens']) assert.ok(Array.isArray(item[name]) && item[name].every((t) => typeof t === 'string'), name);
        assert.equal(typeof item.is_available, 'boolean');
        for (const name of ['description', 'image_url', 'station']) assert.ok(item[name] === null || typeof item[name] === 'string', name);
        assert.ok(sorted(item.options), item.name);
        for (const option of item.options) {
          ids.push(option.id);
          assert.equal(typeof option.name, 'string');
          assert.ok(Number.isInteger(option.min_select) && Number.isInteger(option.max_select) && option.min_select <= option.max_select);
          assert.ok(option.values.length > 0 && sorted(option.values), `${item.name} ${option.name}`);
          for (const value of option.values) {
            ids.push(value.id);
            assert.equal(typeof value.name, 'string');
            assert.ok(Number.isSafeInteger(value.price_modifier));
            for (const name of ['is_default', 'is_available']) assert.equal(typeof value[name], 'boolean', name);
          }
        }
      }
    }
    for (const id of ids) assert.match(id, uuid);
    assert.equal(new Set(ids).size, ids.length);
    // Not one price with a point or an exponent.
    const text = answer.bytes.toString('utf8');
    for (const [, number] of text.matchAll(/"(?:price|price_modifier|tax_rate_ppm|position|min_select|max_select|menu_version)"\s*:\s*([^,}\s]+)/g))
      assert.match(number, /^-?\d+$/);
    assert.doesNotMatch(text, /"(restaurant_id|deleted_at|created_at|version)"/);
  }
});

test('it is what is in the database', async () => {
  for (const where of ['spice-garden', 'caffe-lungarno']) {
    const menu = (await raw(`/api/r/${where}/menu`)).json;
    const id = stack.restaurant(where).id;
    const items = menu.categories.flatMap((c) => c.items.map((i) => [c.id, i.id, i.name, String(i.price), i.is_available ? 't' : 'f', String(i.tax_rate_ppm), i.station ?? '']));
    assert.deepEqual(items, stack.sql(`SELECT c.id, i.id, i.name, i.price, i.is_available, coalesce(i.tax_rate_ppm, r.tax_rate_ppm), coalesce(i.station, '')
      FROM menu_items i JOIN menu_categories c ON c.id = i.category_id JOIN restaurants r ON r.id = i.restaurant_id
      WHERE i.restaurant_id = '${id}' ORDER BY c.position, c.id, i.position, i.id`));
    const values = menu.categories.flatMap((c) => c.items.flatMap((i) => i.options.flatMap((o) => o.values.map((v) => [i.id, o.id, v.id, String(v.price_modifier)]))));
    assert.deepEqual(values, stack.sql(`SELECT i.id, o.id, v.id, v.price_modifier
      FROM menu_item_option_values v JOIN menu_item_options o ON o.id = v.option_id JOIN menu_items i ON i.id = o.menu_item_id
      JOIN menu_categories c ON c.id = i.category_id WHERE v.restaurant_id = '${id}'
      ORDER BY c.position, c.id, i.position, i.id, o.position, o.id, v.position, v.id`));
    assert.ok(items.length > 0 && values.length > 0);
  }
});

test('the order follows the positions', async () => {
  const menu = (await raw()).json;
  const [first, second] = menu.categories;
  await changed(`UPDATE menu_categories SET position = -1 WHERE id = '${second.id}'; UPDATE menu_items SET position = 1000 WHERE id = '${first.items[0].id}'`);
  const moved = (await raw()).json;
  assert.deepEqual(moved.categories.slice(0, 2).map((c) => c.id), [second.id, first.id]);
  assert.equal(moved.categories[1].items.at(-1).id, first.items[0].id);
  await changed(`UPDATE menu_categories SET position = ${second.position} WHERE id = '${second.id}';
                 UPDATE menu_items SET position = ${first.items[0].position} WHERE id = '${first.items[0].id}'`);
  assert.deepEqual((await raw()).json.categories, menu.categories);
});

test('gzip only for clients that accept it, and the same menu', async () => {
  const plain = await raw();
  assert.equal(plain.headers['content-encoding'], undefined);
  for (const accept of ['identity', '', 'br', 'deflate', 'gzip;q=0', 'gzip;q=0.000', 'gzip; q=0', 'identity, gzip;q=0', 'notgzip', 'gzipped', 'br;q=1, gzip;q=0.0']) {
    const answer = await raw(path, { headers: { 'Accept-Encoding': accept } });
    assert.equal(answer.headers['content-encoding'], undefined, accept);
    assert.deepEqual(answer.json, plain.json, accept);
  }
  for (const accept of ['gzip', 'GZIP', 'gzip, deflate, br', 'br, gzip', 'br,gzip;q=0.5', 'gzip;q=1', 'gzip;q=1.0', 'gzip;q=0.001', 'deflate;q=0.1, gzip ; q=0.8']) {
    const answer = await raw(path, { headers: { 'Accept-Encoding': accept } });
    assert.equal(answer.headers['content-encoding'], 'gzip', accept);
    assert.deepEqual(gunzipSync(answer.bytes), plain.bytes, accept);
    assert.equal(Number(answer.headers['content-length']), answer.bytes.length);
    assert.ok(answer.bytes.length < plain.bytes.length / 3);
  }
});

test('strong entity tags, one for each encoding', async () => {
  const plain = await raw(), zipped = await raw(path, { headers: gzip });
  assert.match(plain.headers.etag, strong);
  assert.match(zipped.headers.etag, strong);
  assert.notEqual(plain.headers.etag, zipped.headers.etag);
  for (const answer of [plain, zipped]) {
    assert.match(answer.headers.vary, /Accept-Encoding/i);
    assert.match(answer.headers['cache-control'], /max-age=1\b/);
    assert.doesNotMatch(answer.headers['cache-control'], /no-store/);
    assert.equal(answer.headers['x-accel-expires'], undefined);
  }
  assert.equal((await raw()).headers.etag, plain.headers.etag);
  await changed('SELECT 1');
  assert.notEqual((await raw()).headers.etag, plain.headers.etag);
  assert.notEqual((await raw(path, { headers: gzip })).headers.etag, zipped.headers.etag);
});

test('If-None-Match', async () => {
  await Promise.all([[{}, gzip], [gzip, {}]].map(async ([headers, other]) => { // which nginx keeps apart
    const { etag } = (await raw(path, { headers })).headers;
    const foreign = (await raw(path, { headers: other })).headers.etag;
    const read = (match) => raw(path, { headers: { ...headers, 'If-None-Match': match } });
    for (const match of [etag, `W/${etag}`, `"x", ${etag}`, `${etag}, "x"`, '*']) {
      if (match === etag || match === '*') await sleep(2100); // then it goes through the cache
      const answer = await read(match);
      assert.equal(answer.status, 304, `${match} ${JSON.stringify(headers)}`);
      assert.equal(answer.bytes.length, 0);
      assert.equal(answer.headers.etag, etag);
      assert.equal(answer.headers['content-encoding'], undefined);
      assert.match(answer.headers['cache-control'], /max-age=1\b/);
      assert.match(answer.headers.vary, /Accept-Encoding/i);
      assert.match(answer.headers['x-request-id'], /^[0-9a-f]{32}$/);
    }
    for (const match of ['"x"', foreign, etag.replace(/"$/, 'x"'), etag.replaceAll('"', ''), '""']) {
      const answer = await read(match);
      assert.equal(answer.status, 200, `${match} ${JSON.stringify(headers)}`);
      assert.equal(answer.headers.etag, etag);
      assert.ok(answer.bytes.length > 0);
    }
  }));
});

test('a 304 does not outlive the menu', async () => {
  const old = [];
  for (const headers of [{}, gzip]) old.push((await raw(path, { headers })).headers.etag);
  await changed('SELECT 1');
  for (const [i, headers] of [{}, gzip].entries()) {
    const answer = await raw(path, { headers: { ...headers, 'If-None-Match': old[i] } });
    assert.equal(answer.status, 200);
    assert.notEqual(answer.headers.etag, old[i]);
  }
});

test('HEAD', async () => {
  await Promise.all([{}, gzip].map(async (headers) => {
    for (const pause of [2100, 0]) { // asking the worker, and the cache
      await sleep(pause);
      const head = await raw(path, { method: 'HEAD', headers });
      const got = await raw(path, { headers });
      assert.equal(head.status, 200);
      assert.equal(head.bytes.length, 0);
      assert.ok(got.bytes.length > 0, 'HEAD must not put an empty menu into the cache');
      for (const name of ['etag', 'content-type', 'content-encoding', 'content-length', 'cache-control', 'vary'])
        assert.equal(head.headers[name], got.headers[name], name);
      const same = await raw(path, { method: 'HEAD', headers: { ...headers, 'If-None-Match': head.headers.etag } });
      assert.equal(same.status, 304);
    }
  }));
});

test('a changed price is seen within a second, and the old one never again', async () => {
  await Promise.all([[{}, slug], [gzip, 'caffe-lungarno']].map(async ([headers, of]) => {
    for (let round = 0; round < 3; round++) {
      const read = async () => {
        const answer = await raw(`/api/r/${of}/menu`, { headers });
        const menu = JSON.parse(headers === gzip ? gunzipSync(answer.bytes) : answer.bytes);
        return { etag: answer.headers.etag, version: menu.menu_version, item: menu.categories[0].items[0] };
      };
      const old = await read();
      await sleep(100 + 350 * round);
      stack.sql(`UPDATE menu_items SET price = price + 100 WHERE id = '${old.item.id}';
                 UPDATE restaurants SET menu_version = menu_version + 1 WHERE slug = '${of}'`);
      const start = performance.now();
      let now, sent;
      do {
        sent = performance.now() - start; // however long the answer takes
        now = await read();
        assert.equal(now.item.price, old.item.price + 100 * (now.version - old.version), 'price and version belong together');
        assert.ok(now.version !== old.version || sent < 1200, `the old one after ${sent.toFixed(0)} ms`);
      } while (now.version === old.version && (await sleep(50), true));
      assert.notEqual(now.etag, old.etag);
      for (let i = 0; i < 20; i++) assert.equal((await read()).version, now.version);
    }
  }));
});

test('an idle cache does not serve what has changed since', async () => {
  const old = (await raw()).json;
  await sleep(1500);
  stack.sql(`UPDATE restaurants SET menu_version = menu_version + 1 WHERE slug = '${slug}'`);
  await sleep(1200);
  assert.equal((await raw()).json.menu_version, old.menu_version + 1);
});

test('what the menu says about the restaurant is at most a second old, too', async () => {
  const ways = [
    ['is_open = false', 'is_open = true', (r) => r.is_open === false],
    ['tax_rate_ppm = 60000', 'tax_rate_ppm = 50000', (r) => r.tax_rate_ppm === 60000],
    ['session_opening = \'staff\'', 'session_opening = \'diner\'', (r) => r.session_opening === 'staff'],
    ['pin_length = 6', 'pin_length = 4', (r) => r.pin_length === 6]];
  try {
    for (const [set, , shown] of ways) {
      const before = await raw();
      stack.sql(`UPDATE restaurants SET ${set} WHERE slug = '${slug}'`);
      const start = performance.now();
      let answer, sent;
      do {
        sent = performance.now() - start;
        answer = await raw();
        assert.ok(shown(answer.json.restaurant) || sent < 1200, `${set}: the menu still says ${JSON.stringify(answer.json.restaurant)}`);
      } while (!shown(answer.json.restaurant) && (await sleep(50), true));
      assert.notEqual(answer.headers.etag, before.headers.etag, `${set}: another body under the same strong ETag`);
    }
  } finally {
    await changed(`UPDATE restaurants SET ${ways.map(([, unset]) => unset).join()} WHERE slug = '${slug}'`);
  }
});

test('what was removed is not on the menu, what is out is shown so', async () => {
  const menu = (await raw()).json;
  const [first, second] = menu.categories;
  const gone = second.items[0], out = second.items[1];
  const withOptions = menu.categories.slice(2).flatMap((c) => c.items).find((i) => i.options.length > 0 && i.options[0].values.length > 1);
  const option = withOptions.options[0], value = option.values[0], outValue = option.values[1];
  await changed(`UPDATE menu_categories SET deleted_at = now() WHERE id = '${first.id}';
    UPDATE menu_items SET deleted_at = now() WHERE id = '${gone.id}';
    UPDATE menu_items SET is_available = false WHERE id = '${out.id}';
    UPDATE menu_item_option_values SET deleted_at = now() WHERE id = '${value.id}';
    UPDATE menu_item_option_values SET is_available = false WHERE id = '${outValue.id}'`);
  try {
    const answer = await raw();
    const text = answer.bytes.toString('utf8');
    for (const id of [first.id, first.items[0].id, gone.id, value.id]) assert.ok(!text.includes(id), id);
    const items = answer.json.categories.flatMap((c) => c.items);
    assert.equal(answer.json.categories.length, menu.categories.length - 1);
    assert.equal(items.length, menu.categories.flatMap((c) => c.items).length - first.items.length - 1);
    assert.equal(items.find((i) => i.id === out.id).is_available, false);
    const values = items.find((i) => i.id === withOptions.id).options[0].values;
    assert.equal(values.length, option.values.length - 1);
    assert.equal(values.find((v) => v.id === outValue.id).is_available, false);
    await changed(`UPDATE menu_item_options SET deleted_at = now() WHERE id = '${option.id}'`);
    assert.ok(!(await raw()).bytes.toString('utf8').includes(option.id));
  } finally {
    await changed(`UPDATE menu_categories SET deleted_at = NULL; UPDATE menu_items SET deleted_at = NULL;
      UPDATE menu_items SET is_available = true WHERE id = '${out.id}'; UPDATE menu_item_options SET deleted_at = NULL;
      UPDATE menu_item_option_values SET deleted_at = NULL, is_available = true WHERE option_id = '${option.id}'`);
  }
  assert.deepEqual((await raw()).json.categories.map((c) => c.items.length), menu.categories.map((c) => c.items.length));
});

test('an empty category, and an empty menu', async () => {
  const id = stack.restaurant().id;
  await changed(`INSERT INTO menu_categories (restaurant_id, id, name, position) VALUES ('${id}', '${randomUUID()}', 'Soon', 999)`);
  const last = (await raw()).json.categories.at(-1);
  assert.equal(last.name, 'Soon');
  assert.deepEqual(last.items, []);
  await changed(`DELETE FROM menu_categories WHERE name = 'Soon'; UPDATE menu_categories SET deleted_at = now() WHERE restaurant_id = '${id}'`);
  try {
    assert.deepEqual((await raw()).json.categories, []);
  } finally {
    await changed('UPDATE menu_categories SET deleted_at = NULL');
  }
});

test('a query string is refused, and nothing of it is cached', async () => {
  await raw();
  for (const query of ['x=1', 'lang=en', 'version', '_=1', '=', 'limit=10', '0', '00', '1']) {
    const answer = await raw(`${path}?${query}`);
    assertProblem(answer, 422, 'validation_failed', query);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.json.errors[0].code, 'unknown_parameter');
  }
  assert.equal((await raw(path)).status, 200);
  await sleep(2100);
  assertProblem(await raw(`${path}?x=1`), 422, 'validation_failed', 'cold');
  assert.equal((await raw(path)).status, 200);
});

test('another way of writing menus has another entity tag, and the same one has the same', async () => {
  const before = await raw(), definition = Buffer.from(stack.sqlValue(`SELECT encode(convert_to(pg_get_functiondef('menu_json(uuid)'::regprocedure), 'UTF8'), 'hex')`), 'hex').toString();
  const tagged = async (what, is) => {
    let answer;
    await until(what, async () => is((answer = await raw(path, { headers: { 'If-None-Match': before.headers.etag } })).headers.etag));
    return answer;
  };
  stack.sql(definition.replace('r.session_opening,', `r.session_opening, 'new' AS novelty,`));
  try {
    const answer = await tagged('the new shape is served', (etag) => etag !== before.headers.etag);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.restaurant.novelty, 'new');
    assert.equal(answer.json.menu_version, before.json.menu_version);
  } finally {
    stack.sql(definition);
  }
  assert.equal((await tagged('the old shape is served', (etag) => etag === before.headers.etag)).status, 304);
  await stack.demo('--stop', '--quiet');
  await stack.start();
  assert.equal((await raw(path, { headers: { 'If-None-Match': before.headers.etag } })).status, 304);
});

test('a restaurant that does not exist', async () => {
  for (const where of ['nowhere', 'SPICE-GARDEN', 'spice-garden-', 'x'.repeat(500), stack.restaurant().id]) {
    for (const headers of [{}, gzip, { 'If-None-Match': '*' }, { 'If-None-Match': '"m1"' }]) {
      const answer = await raw(`/api/r/${where}/menu`, { headers });
      assertProblem(answer, 404, 'not_found', where);
      assert.equal(answer.headers['cache-control'], 'no-store');
      assert.equal(answer.headers.etag, undefined);
      assert.equal(answer.headers['content-encoding'], undefined);
    }
  }
});

test('the same path written differently is not found', async () => {
  for (const where of [`/api/r/${slug}/menu/`, `/api/r//${slug}/menu`, `/api/r/${slug}/%6denu`, `/api/r/spice%2dgarden/menu`, `/api/r/x/../${slug}/menu`, `/api/r/${slug}/MENU`])
    assert.equal((await raw(where)).status, 404, where);
});

test('other methods', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await raw(path, { method });
    assertProblem(answer, 405, 'method_not_allowed', method);
    assert.equal(answer.headers.allow, 'GET, HEAD');
  }
  assert.equal((await raw()).status, 200);
});

test('a token makes no difference', async () => {
  const plain = await raw();
  const answer = await raw(path, { headers: { Authorization: 'Bearer nonsense' } });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.bytes, plain.bytes);
});
