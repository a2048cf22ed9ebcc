// Keeping the menu: categories, items, options, many changes at once; what each
// does to orders, to the menu's version and to the outbox.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, del, expectStatus, get, newKey, openSession, post, tokenOf } from './lib/client.mjs';
import { overtaken } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';

let slug, otherSlug;
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const MONEY_MAX = 9007199254740991;

let stack, home; // home: a category for the items of these tests
const tokens = {};
before(async () => {
  stack = await shareStack();
  ({ slug, otherSlug } = stack);
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  tokens.diner = (await openSession(stack, 0)).token;
  home = await newCategory();
});
after(() => stack?.stop());

let names = 0;
const newName = (kind = 'Thing') => `${kind} ${++names}`;
const as = (options) => ({ token: tokens.manager, ...options });
const add = (path, body, options) => post(stack, `/api/menu/${path}`, as({ body, ...options }));
const change = (path, body, options) => call(stack, 'PATCH', `/api/menu/${path}`, as({ body, ...options }));
const remove = (path, options) => del(stack, `/api/menu/${path}`, as(options));
const read = (path, options) => get(stack, `/api/menu/${path}`, as(options));
const bulk = (changes, options) => add('bulk', { changes }, options);

const newCategory = async (more = {}) => expectStatus(await add('categories', { name: newName('Category'), ...more }), 201).json;
const newItem = async (more = {}) => expectStatus(await add('items', { category_id: home.id, name: newName('Dish'), price: 10000, ...more }), 201).json;
const someValues = [{ name: 'Small' }, { name: 'Medium', price_modifier: 2000 }, { name: 'Large', price_modifier: 4000 }];
const newOption = async (item, more = {}) => expectStatus(await add(`items/${item.id}/options`, { name: newName('Option'), values: someValues, ...more }), 201).json;
const itemOf = async (id) => expectStatus(await read(`items/${id}`), 200).json;

const choose = (option, ...numbers) => numbers.map((n) => ({ option_id: option.id, value_id: option.values[n].id }));
const orderBody = (item, customizations = []) => ({ order_type: 'takeaway', items: [{ menu_item_id: item.id, quantity: 1, customizations }] });
const place = (item, customizations) => post(stack, '/api/orders', { token: tokens.waiter, body: orderBody(item, customizations) });
const quote = (item, customizations) => post(stack, '/api/orders/quote', { token: tokens.waiter, body: orderBody(item, customizations) });
const placed = async (item, customizations) => expectStatus(await place(item, customizations), 201).json;
const orderAgain = async (order) => expectStatus(await get(stack, `/api/orders/${order.id}`, { token: tokens.waiter }), 200).json;

const menuVersion = (of = slug) => Number(stack.sqlValue(`SELECT menu_version FROM restaurants WHERE slug = '${of}'`));
const publicMenu = async () => expectStatus(await get(stack, `/api/r/${slug}/menu`), 200).json;
/** The row of the mirror's outbox: type and version. */
const outbox = (id) => stack.sql(`SELECT entity_type, entity_version, convex_sync_status FROM sync_logs WHERE entity_id = '${id}'`);
/** All of the menu's tables, to show that nothing was changed. */
const wholeMenu = () => stack.sql(['menu_categories', 'menu_items', 'menu_item_options', 'menu_item_option_values']
  .map((name) => `SELECT '${name}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM ${name} t`).join(' UNION ALL ')
  + ' UNION ALL SELECT \'version\', string_agg(menu_version::text, \' \' ORDER BY id) FROM restaurants');

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.text.slice(0, 600)}`);
  assert.equal(answer.json.code, code, `${what} ${answer.text.slice(0, 600)}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
}

function assertFaults(answer, fields, what = '') {
  assertProblem(answer, 422, 'validation_failed', what);
  assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), `${what} ${answer.text.slice(0, 600)}`);
}

/** Does a write, which must raise the menu's version by exactly one and be seen by guests within a second or so. */
async function written(doing, shown, what = '') {
  await publicMenu(); // it is in the cache
  const before = menuVersion(), other = menuVersion(otherSlug);
  const answer = await doing();
  const start = performance.now();
  assert.ok(answer.status < 300, `${what} ${answer.status} ${answer.text}`);
  assert.equal(menuVersion(), before + 1, `${what}: raised by one`);
  assert.equal(menuVersion(otherSlug), other);
  for (;;) {
    const sent = performance.now() - start, menu = await publicMenu(); // however long the answer takes
    assert.ok(menu.menu_version <= before + 1);
    if (menu.menu_version === before + 1) {
      assert.ok(shown(menu), `${what}: the menu of the new version does not show it`);
      return answer.json;
    }
    assert.ok(sent < 1200, `${what}: not seen after ${sent.toFixed(0)} ms`);
    await sleep(20);
  }
}

const inMenu = (menu, id) => menu.categories.flatMap((c) => [c, ...c.items, ...c.items.flatMap((i) => [...i.options, ...i.options.flatMap((o) => o.values)])]).find((x) => x.id === id);

// ---- Categories

test('a new category', async () => {
  const answer = expectStatus(await add('categories', { name: '  Sundries ', description: 'Two\nlines', position: 7 }), 201);
  const { json } = answer;
  assert.match(json.id, uuid7);
  assert.deepEqual([json.name, json.description, json.position, json.version], ['Sundries', 'Two\nlines', 7, 1]);
  for (const field of ['created_at', 'updated_at']) assert.match(json[field], time);
  assert.equal(answer.headers.get('location'), `/api/menu/categories/${json.id}`);
  assert.equal(answer.headers.get('etag'), '"1"');
  const list = expectStatus(await read('categories'), 200).json;
  assert.deepEqual(Object.keys(list).sort(), ['data', 'next_cursor']);
  assert.deepEqual(list.data.find((c) => c.id === json.id), json);
  assert.deepEqual(outbox(json.id), [['menu_category', '1', 'pending']]);
  const plain = await newCategory();
  assert.deepEqual([plain.description, plain.position], [null, 0]);
  for (const role of ['kitchen', 'waiter', 'cashier', 'owner']) assert.deepEqual((await read('categories', { token: tokens[role] })).json.data.length, list.data.length + 1, role);
  expectStatus(await remove(`categories/${json.id}`), 204);
});

test('categories: what is refused', async () => {
  const { id } = home, before = wholeMenu();
  const bad = { name: ['', '  ', 'x'.repeat(121), 'a\nb', 7, []], description: ['x'.repeat(1001), 7, 'a\u0007b'], position: [-1, 1000001, 1.5, '1', true] };
  for (const [field, values] of Object.entries(bad)) {
    for (const value of values) {
      assertFaults(await add('categories', { name: newName(), [field]: value }), [`/${field}`], `${field} ${value}`);
      assertFaults(await change(`categories/${id}`, { [field]: value }), [`/${field}`], `${field} ${value}`);
    }
  }
  assertFaults(await add('categories', { description: 'x' }), ['/name']);
  assertFaults(await change(`categories/${id}`, { name: null }), ['/name']);
  assertFaults(await add('categories', { name: '', position: -1, description: 7, typo: 1 }), ['/name', '/position', '/description', '/typo']);
  for (const field of ['id', 'items', 'version', 'restaurant_id']) assertFaults(await change(`categories/${id}`, { [field]: 1 }), [`/${field}`]);
  assertProblem(await change(`categories/${id}`, {}), 422, 'validation_failed');
  assertProblem(await change(`categories/${id}`, ''), 400, 'invalid_json');
  assert.equal((await get(stack, `/api/menu/categories/${id}`, { token: tokens.manager })).status, 405);
  assert.deepEqual(wholeMenu(), before);
});

test('each field of a category', async () => {
  let now = await newCategory();
  for (const body of [{ name: newName() }, { description: 'Some' }, { description: null }, { position: 3 }, { name: newName(), description: 'All', position: 0 }, { description: '' }]) {
    const answer = expectStatus(await change(`categories/${now.id}`, body), 200);
    const wanted = { ...now, ...body, version: now.version + 1 };
    if (wanted.description === '') wanted.description = null;
    assert.deepEqual({ ...answer.json, updated_at: 0 }, { ...wanted, updated_at: 0 });
    assert.equal(answer.headers.get('etag'), `"${wanted.version}"`);
    assert.deepEqual(outbox(now.id), [['menu_category', String(wanted.version), 'pending']]);
    now = answer.json;
  }
  expectStatus(await remove(`categories/${now.id}`), 204);
});

test('the menu follows the positions', async () => {
  const [a, b, c] = [await newCategory({ position: 2003 }), await newCategory({ position: 2001 }), await newCategory({ position: 2002 })];
  const order = async () => {
    const menu = await publicMenu(), list = (await read('categories')).json.data;
    const mine = (all) => all.map((x) => x.id).filter((id) => [a.id, b.id, c.id].includes(id));
    assert.deepEqual(list.map((x) => x.position), list.map((x) => x.position).sort((x, y) => x - y));
    return [mine(menu.categories), mine(list)];
  };
  await sleep(1200);
  assert.deepEqual(await order(), Array(2).fill([b.id, c.id, a.id]));
  await written(() => change(`categories/${a.id}`, { position: 2000 }), () => true);
  assert.deepEqual(await order(), Array(2).fill([a.id, b.id, c.id]));
  const first = await newItem({ category_id: a.id, position: 9 }), second = await newItem({ category_id: a.id, position: 1 });
  await written(() => change(`items/${first.id}`, { position: 5 }), (menu) => {
    assert.deepEqual(menu.categories.find((x) => x.id === a.id).items.map((i) => i.id), [second.id, first.id]);
    return true;
  });
  await written(() => change(`items/${first.id}`, { position: 0 }), (menu) => menu.categories.find((x) => x.id === a.id).items[0].id === first.id);
});

test('removing a category', async () => {
  const category = await newCategory(), item = await newItem({ category_id: category.id });
  assertProblem(await remove(`categories/${category.id}`), 409, 'category_in_use');
  expectStatus(await change(`items/${item.id}`, { is_available: false }), 200);
  assertProblem(await remove(`categories/${category.id}`), 409, 'category_in_use');
  const second = await newItem({ category_id: category.id });
  expectStatus(await change(`items/${item.id}`, { category_id: home.id }), 200);
  assertProblem(await remove(`categories/${category.id}`), 409, 'category_in_use');
  expectStatus(await remove(`items/${second.id}`), 204);
  const answer = expectStatus(await remove(`categories/${category.id}`), 204);
  assert.equal(answer.text, '');
  for (const gone of [await remove(`categories/${category.id}`), await change(`categories/${category.id}`, { name: 'X' })]) assertProblem(gone, 404, 'not_found');
  assert.ok(!(await read('categories')).text.includes(category.id));
  assert.equal(outbox(category.id)[0][1], '2');
  // No item gets into it.
  for (const into of [await add('items', { category_id: category.id, name: newName(), price: 1 }), await change(`items/${item.id}`, { category_id: category.id })]) {
    assertFaults(into, ['/category_id']);
    assert.equal(into.json.errors[0].code, 'not_found');
  }
});

test('a category removed while it gets an item', async () => {
  for (let round = 0; round < 8; round++) {
    const category = await newCategory();
    const [removed, added] = await Promise.all([remove(`categories/${category.id}`), add('items', { category_id: category.id, name: newName(), price: 1 })]);
    assert.ok((removed.status === 204 && added.status === 422) || (removed.status === 409 && added.status === 201),
      `${removed.status} ${removed.text} ${added.status} ${added.text}`);
  }
});

test('an item comes into the category before its removal has its turn', async () => {
  const category = await newCategory();
  const answer = await overtaken(stack, `SELECT FROM menu_categories WHERE id = '${category.id}' FOR KEY SHARE;
    INSERT INTO menu_items (restaurant_id, id, category_id, name, price)
    VALUES ('${stack.restaurant().id}', gen_random_uuid(), '${category.id}', 'Just in time', 1)`, () => remove(`categories/${category.id}`));
  assertProblem(answer, 409, 'category_in_use');
});

// ---- Items

const allFields = () => ({
  category_id: home.id, name: newName('Full'), price: 24900, description: 'Two\nlines', tags: ['vegan', 'new "one"', 'a,b', '{c}', 'NULL', 'ñ\\'], allergens: ['nuts', 'milk'],
  image_url: 'https://images.example/a.jpg?x=1&y=2', is_available: false, station: 'tandoor', item_code: '996331', tax_rate_ppm: 88750, position: 4,
});

test('a new item', async () => {
  const body = allFields();
  const answer = expectStatus(await add('items', body), 201);
  const { json } = answer;
  assert.match(json.id, uuid7);
  assert.deepEqual({ ...json, ...body }, json);
  assert.equal(json.version, 1);
  assert.deepEqual(json.options, []);
  for (const field of ['created_at', 'updated_at']) assert.match(json[field], time);
  assert.equal(answer.headers.get('location'), `/api/menu/items/${json.id}`);
  assert.equal(answer.headers.get('etag'), '"1"');
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) {
    const one = expectStatus(await read(`items/${json.id}`, { token: tokens[role] }), 200);
    assert.deepEqual(one.json, json, role);
    assert.equal(one.headers.get('etag'), '"1"');
  }
  assert.deepEqual(outbox(json.id), [['menu_item', '1', 'pending']]);
  const least = await newItem();
  assert.deepEqual({ ...least, id: 0, name: 0, created_at: 0, updated_at: 0 }, {
    id: 0, category_id: home.id, name: 0, description: null, price: 10000, tags: [], allergens: [], image_url: null, is_available: true, station: null, item_code: null,
    tax_rate_ppm: null, takeaway_tax_rate_ppm: null, position: 0, version: 1, created_at: 0, updated_at: 0, options: [],
  });
  for (const price of [0, 1, MONEY_MAX]) assert.equal((await newItem({ price })).price, price);
  const named = await newItem({ name: "  O'Neil's 🍛 <b>; DROP TABLE menu_items; -- " });
  assert.equal(named.name, "O'Neil's 🍛 <b>; DROP TABLE menu_items; --");
  const nulls = await newItem({ description: null, tags: null, allergens: null, image_url: null, station: null, tax_rate_ppm: null, position: null, is_available: null });
  assert.deepEqual([nulls.description, nulls.tags, nulls.allergens, nulls.station, nulls.is_available, nulls.position], [null, [], [], null, true, 0]);
});

const badItem = {
  category_id: ['', 'x', 7, `${randomUUID()}x`], name: ['', '  ', 'x'.repeat(121), 'a\nb', 7], price: [-1, 1.5, '100', 1e15 * 10, true, []],
  description: ['x'.repeat(1001), 7, 'a\u0001b'], tags: ['vegan', {}, Array(31).fill('x'), 7], allergens: ['nuts', {}, Array(31).fill('x')],
  image_url: ['http://x.example/a.png', 'ftp://x', 'javascript:alert(1)', '//x.example', 'x', `https://x.example/${'x'.repeat(1000)}`, 7], is_available: ['true', 1, 0],
  station: ['x'.repeat(61), 'a\nb', 7], item_code: ['x'.repeat(21), 'a\nb', 996331], tax_rate_ppm: [-1, 1000001, 0.5, '5'], position: [-1, 1000001, 'x', 1.5],
};

test('items: what is refused', async () => {
  const item = await newItem(), before = wholeMenu();
  for (const [field, values] of Object.entries(badItem)) {
    for (const value of values) {
      assertFaults(await add('items', { category_id: home.id, name: newName(), price: 1, [field]: value }), [`/${field}`], `${field} ${JSON.stringify(value)}`);
      assertFaults(await change(`items/${item.id}`, { [field]: value }), [`/${field}`], `${field} ${JSON.stringify(value)}`);
    }
  }
  for (const field of ['tags', 'allergens']) {
    for (const word of ['', 7, null, {}, ['x'], 'x'.repeat(41), true]) {
      assertFaults(await add('items', { category_id: home.id, name: newName(), price: 1, [field]: ['good', word] }), [`/${field}/1`], `${field} ${JSON.stringify(word)}`);
      assertFaults(await change(`items/${item.id}`, { [field]: [word] }), [`/${field}/0`], `${field} ${JSON.stringify(word)}`);
    }
  }
  assertFaults(await add('items', {}), ['/category_id', '/name', '/price']);
  for (const field of ['category_id', 'name', 'price', 'is_available']) assertFaults(await change(`items/${item.id}`, { [field]: null }), [`/${field}`], field);
  for (const field of ['id', 'options', 'version', 'restaurant_id', 'currency', 'Price']) {
    const answer = await change(`items/${item.id}`, { [field]: 1 });
    assertFaults(answer, [`/${field}`]);
    assert.equal(answer.json.errors[0].code, 'unknown_field');
  }
  assertProblem(await change(`items/${item.id}`, {}), 422, 'validation_failed');
  for (const text of ['{"price":1e400}', '{"price":99999999999999999999999}', '{"price":1,"price":2}', '{"name":"a\\u0000b"}', '{"price":NaN}'])
    assertProblem(await change(`items/${item.id}`, text), 400, 'invalid_json', text);
  assert.deepEqual(wholeMenu(), before);
});

test('every fault of an item is named at once', async () => {
  assertFaults(await add('items', { category_id: 'x', name: '', price: -1, image_url: 'http://x', tags: [''], allergens: [7], typo: 1 }),
    ['/category_id', '/name', '/price', '/image_url', '/tags/0', '/allergens/0', '/typo']);
});

test('each field of an item', async () => {
  let now = await newItem();
  const elsewhere = await newCategory();
  for (const body of [{ category_id: elsewhere.id }, { name: newName() }, { price: 0 }, { price: 12345 }, { description: 'Some' }, { description: null }, { tags: ['a', 'b'] }, { tags: [] },
    { tags: ['x'] }, { tags: null }, { allergens: ['nuts'] }, { allergens: null }, { image_url: 'https://x.example/a.png' }, { image_url: null }, { is_available: false },
    { is_available: true }, { station: 'bar' }, { station: null }, { station: 'grill' }, { station: '' }, { item_code: '2106' }, { item_code: null }, { tax_rate_ppm: 0 }, { tax_rate_ppm: 1000000 }, { tax_rate_ppm: null }, { position: 12 },
    allFields(), { description: '' }]) {
    const answer = expectStatus(await change(`items/${now.id}`, body), 200);
    const wanted = { ...now, ...body, version: now.version + 1 };
    for (const field of ['tags', 'allergens']) wanted[field] ??= [];
    for (const field of ['station', 'description']) wanted[field] ||= null;
    assert.deepEqual({ ...answer.json, updated_at: 0 }, { ...wanted, updated_at: 0 }, JSON.stringify(body));
    assert.equal(answer.headers.get('etag'), `"${wanted.version}"`);
    assert.deepEqual(await itemOf(now.id), answer.json);
    assert.deepEqual(outbox(now.id), [['menu_item', String(wanted.version), 'pending']]);
    now = answer.json;
  }
});

test('the list of items, its filters and pages', async () => {
  const category = await newCategory();
  const mine = [];
  for (let i = 0; i < 5; i++) mine.push(await newItem({ category_id: category.id, is_available: i % 2 === 0 }));
  const gone = await newItem({ category_id: category.id });
  expectStatus(await remove(`items/${gone.id}`), 204);
  const list = async (query) => expectStatus(await read(`items?${query}`, { token: tokens.kitchen }), 200).json;
  const of = `category_id=${category.id}`;
  assert.deepEqual((await list(of)).data, mine);
  assert.deepEqual((await list(`${of}&is_available=true`)).data.map((i) => i.id), [0, 2, 4].map((i) => mine[i].id));
  assert.deepEqual((await list(`is_available=false&${of}`)).data.map((i) => i.id), [1, 3].map((i) => mine[i].id));
  for (const limit of [1, 2, 4, 5, 6]) {
    const seen = [];
    let cursor = '';
    do {
      const page = await list(`${of}&limit=${limit}${cursor}`);
      seen.push(...page.data.map((i) => i.id));
      cursor = page.next_cursor === null ? null : `&cursor=${encodeURIComponent(page.next_cursor)}`;
    } while (cursor !== null);
    assert.deepEqual(seen, mine.map((i) => i.id), `limit ${limit}`);
  }
  const all = stack.sqlValue(`SELECT count(*) FROM menu_items WHERE restaurant_id = '${stack.restaurant().id}' AND deleted_at IS NULL`);
  assert.equal(String((await list('limit=200')).data.length), all);
  assert.deepEqual((await list(`category_id=${randomUUID()}`)).data, []);
  for (const [query, field] of [['category_id=x', 'category_id'], ['is_available=yes', 'is_available'], ['limit=0', 'limit'], ['limit=201', 'limit'], ['cursor=x', 'cursor'], ['name=x', 'name']])
    assertFaults(await read(`items?${query}`), [field], query);
});

test('an item\'s category must be there, and the restaurant\'s own', async () => {
  const there = stack.sqlValue(`SELECT id FROM menu_categories WHERE restaurant_id = '${stack.restaurant(otherSlug).id}' LIMIT 1`);
  const item = await newItem();
  for (const id of [there, randomUUID(), item.id]) {
    for (const answer of [await add('items', { category_id: id, name: newName(), price: 1 }), await change(`items/${item.id}`, { category_id: id, name: 'Half' })]) {
      assertFaults(answer, ['/category_id'], id);
      assert.equal(answer.json.errors[0].code, 'not_found');
    }
  }
  assert.deepEqual(await itemOf(item.id), item);
});

test('prices and names of orders stay as they were', async () => {
  const item = await newItem({ price: 20000 }), option = await newOption(item, { max_select: 2 });
  const order = await placed(item, choose(option, 1));
  assert.equal(order.subtotal, 22000);
  expectStatus(await change(`items/${item.id}`, { price: 30000, name: 'Renamed', tax_rate_ppm: 200000 }), 200);
  expectStatus(await change(`options/${option.id}`, { name: 'Also renamed', values: option.values.map((v) => ({ id: v.id, name: `${v.name}!`, price_modifier: 1 })) }), 200);
  assert.deepEqual(await orderAgain(order), order);
  const next = await placed(item, choose(option, 1));
  assert.equal(next.subtotal, 30001);
  assert.deepEqual([next.items[0].name, next.items[0].customizations[0].option_name, next.items[0].customizations[0].value_name], ['Renamed', 'Also renamed', 'Medium!']);
  assert.deepEqual(next.taxes, [{ rate_ppm: 200000, taxable: 30001, amount: 6000 }]);
  expectStatus(await change(`items/${item.id}`, { tax_rate_ppm: null }), 200);
  assert.deepEqual((await placed(item, choose(option, 1))).taxes.map((t) => t.rate_ppm), [50000]);
  assertProblem(await post(stack, '/api/orders', { token: tokens.waiter, body: { ...orderBody(item), expected_total: order.total_amount } }), 409, 'total_changed');
});

test('an item that is out, and back', async () => {
  const item = await newItem();
  for (const available of [false, true]) {
    expectStatus(await change(`items/${item.id}`, { is_available: available }), 200);
    for (const answer of [await place(item), await quote(item)]) {
      if (available) assert.ok([200, 201].includes(answer.status), answer.text);
      else {
        assertProblem(answer, 422, 'item_unavailable');
        assert.deepEqual(answer.json.errors.map((e) => e.field), ['/items/0/menu_item_id']);
      }
    }
  }
});

test('removing an item', async () => {
  const item = await newItem(), option = await newOption(item);
  const order = await placed(item, choose(option, 2));
  const answer = expectStatus(await remove(`items/${item.id}`), 204);
  assert.equal(answer.text, '');
  for (const gone of [await read(`items/${item.id}`), await remove(`items/${item.id}`), await change(`items/${item.id}`, { price: 1 }),
    await add(`items/${item.id}/options`, { name: 'X', values: someValues })]) assertProblem(gone, 404, 'not_found');
  assertFaults(await bulk([{ id: item.id, price: 1 }]), ['/changes/0/id']);
  for (const refused of [await place(item, choose(option, 2)), await quote(item)]) {
    assertProblem(refused, 422, 'item_unavailable');
    assert.deepEqual(refused.json.errors.map((e) => e.field), ['/items/0/menu_item_id']);
  }
  assert.deepEqual(await orderAgain(order), order);
  assert.equal(outbox(item.id)[0][1], '3');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM menu_items WHERE id = '${item.id}'`), '1', 'the row stays');
});

test('an option of a removed item is gone with it', async () => {
  const item = await newItem(), option = await newOption(item);
  expectStatus(await remove(`items/${item.id}`), 204);
  assertProblem(await change(`options/${option.id}`, { name: 'X' }), 404, 'not_found');
  assertProblem(await remove(`options/${option.id}`), 404, 'not_found');
});

// ---- The kitchen

test('the kitchen switches availability and nothing else', async () => {
  const item = await newItem({ ...allFields(), is_available: true }), kitchen = { token: tokens.kitchen };
  for (const available of [false, true]) assert.equal(expectStatus(await change(`items/${item.id}`, { is_available: available }, kitchen), 200).json.is_available, available);
  const before = await itemOf(item.id);
  const values = { category_id: home.id, name: 'By the kitchen', price: 1, description: 'x', tags: ['x'], allergens: [], image_url: 'https://x.example/a', station: 'bar', tax_rate_ppm: 0, position: 1 };
  for (const [field, value] of Object.entries(values)) {
    for (const body of [{ [field]: value }, { is_available: false, [field]: value }]) {
      const answer = await change(`items/${item.id}`, body, kitchen);
      assertProblem(answer, 403, 'forbidden_field', field);
      assert.deepEqual(answer.json.errors.map((e) => [e.field, e.code]), [[`/${field}`, 'forbidden_field']]);
    }
  }
  assert.deepEqual(await itemOf(item.id), before);
  assertFaults(await change(`items/${item.id}`, { is_available: null }, kitchen), ['/is_available']);
  assertProblem(await change(`items/${item.id}`, {}, kitchen), 422, 'validation_failed');
});

test('the kitchen cannot clear what it may not set', async () => {
  const kitchen = { token: tokens.kitchen }, taken = [];
  for (const field of ['description', 'tags', 'allergens', 'image_url', 'station', 'tax_rate_ppm']) {
    for (const more of [{}, { is_available: true }]) {
      const item = await newItem({ ...allFields(), is_available: true });
      const answer = await change(`items/${item.id}`, { [field]: null, ...more }, kitchen);
      if (answer.status !== 403 || answer.json.code !== 'forbidden_field') taken.push(`${field}: ${answer.status}`);
      const now = await itemOf(item.id);
      if (JSON.stringify(now[field]) !== JSON.stringify(item[field])) taken.push(`${field} is gone`);
    }
  }
  assert.deepEqual(taken, []);
});

test('which roles may do what', async () => {
  const item = await newItem(), option = await newOption(item), category = await newCategory();
  const before = wholeMenu();
  const writes = (token) => [
    ['POST categories', add('categories', { name: 'X' }, { token })], ['PATCH category', change(`categories/${category.id}`, { name: 'X' }, { token })],
    ['DELETE category', remove(`categories/${category.id}`, { token })], ['POST items', add('items', { category_id: home.id, name: 'X', price: 1 }, { token })],
    ['DELETE item', remove(`items/${item.id}`, { token })], ['POST option', add(`items/${item.id}/options`, { name: 'X', values: someValues }, { token })],
    ['PATCH option', change(`options/${option.id}`, { name: 'X' }, { token })], ['DELETE option', remove(`options/${option.id}`, { token })],
    ['bulk', bulk([{ id: item.id, price: 1 }], { token })]];
  for (const role of ['diner', 'kitchen', 'waiter', 'cashier'])
    for (const [what, answer] of writes(tokens[role])) assertProblem(await answer, 403, 'insufficient_role', `${role} ${what}`);
  for (const role of ['diner', 'waiter', 'cashier']) assertProblem(await change(`items/${item.id}`, { is_available: false }, { token: tokens[role] }), 403, 'insufficient_role', role);
  for (const [what, answer] of writes(undefined)) assertProblem(await answer, 401, 'unauthenticated', what);
  for (const path of ['categories', 'items', `items/${item.id}`]) assertProblem(await read(path, { token: tokens.diner }), 403, 'insufficient_role', path);
  assert.deepEqual(wholeMenu(), before);
});

// ---- Options

test('a new option with its values', async () => {
  const item = await newItem();
  const body = { name: ' Spice level ', min_select: 1, max_select: 2, position: 3, values: [{ name: 'Mild' }, { name: ' Hot ', price_modifier: 500, is_default: true, is_available: true },
    { name: 'Cheap', price_modifier: -500, is_available: false }] };
  const answer = expectStatus(await add(`items/${item.id}/options`, body), 201);
  const { json } = answer;
  assert.match(json.id, uuid7);
  assert.deepEqual([json.menu_item_id, json.name, json.min_select, json.max_select, json.position, json.version], [item.id, 'Spice level', 1, 2, 3, 1]);
  assert.deepEqual(json.values.map(({ name, price_modifier, is_default, is_available }) => [name, price_modifier, is_default, is_available]),
    [['Mild', 0, false, true], ['Hot', 500, true, true], ['Cheap', -500, false, false]]);
  for (const value of json.values) assert.match(value.id, uuid7);
  assert.equal(answer.headers.get('location'), `/api/menu/options/${json.id}`);
  assert.equal(answer.headers.get('etag'), '"1"');
  assert.deepEqual((await itemOf(item.id)).options, [json]);
  assert.deepEqual(outbox(json.id), [['menu_item_option', '1', 'pending']]);
  const plain = await newOption(item);
  assert.deepEqual([plain.min_select, plain.max_select, plain.position], [0, 1, 0]);
  assert.deepEqual((await itemOf(item.id)).options.map((o) => o.id), [plain.id, json.id], 'by position');
  const big = await newOption(item, { min_select: 50, max_select: 50, values: Array.from({ length: 50 }, (_, i) => ({ name: `V${i}`, price_modifier: i })) });
  assert.deepEqual(big.values.map((v) => v.price_modifier), Array.from({ length: 50 }, (_, i) => i));
});

test('what an item shows of its options is in its entity tag', async () => {
  const item = await newItem();
  const tag = async () => (await read(`items/${item.id}`)).headers.get('etag');
  const tags = [await tag()];
  const option = await newOption(item);
  tags.push(await tag());
  expectStatus(await change(`options/${option.id}`, { name: 'Other' }), 200);
  tags.push(await tag());
  expectStatus(await remove(`options/${option.id}`), 204);
  tags.push(await tag());
  assert.equal(new Set(tags).size, 4, `another body under the same strong ETag: ${tags.join(' ')}`);
});

test('options: what is refused', async () => {
  const item = await newItem(), option = await newOption(item), before = wholeMenu();
  const bad = { name: ['', '  ', 'x'.repeat(121), 7], min_select: [-1, 51, 1.5, '1'], max_select: [0, 51, -1, '1'], position: [-1, 'x'], values: [[], {}, 'x', Array(51).fill({ name: 'x' })] };
  for (const [field, values] of Object.entries(bad)) {
    for (const value of values) {
      assertFaults(await add(`items/${item.id}/options`, { name: 'X', values: someValues, [field]: value }), [`/${field}`], `${field} ${JSON.stringify(value).slice(0, 40)}`);
      assertFaults(await change(`options/${option.id}`, { [field]: value }), [`/${field}`], `${field} ${JSON.stringify(value).slice(0, 40)}`);
    }
  }
  for (const field of ['name', 'values']) {
    assertFaults(await add(`items/${item.id}/options`, { name: 'X', values: someValues, [field]: undefined }), [`/${field}`]);
    assertFaults(await change(`options/${option.id}`, { [field]: null }), [`/${field}`]);
  }
  for (const [value, field] of [[{}, '/name'], [{ name: '' }, '/name'], [{ name: null }, '/name'], [{ name: 'x'.repeat(121) }, '/name'], [{ name: 'x', price_modifier: 1.5 }, '/price_modifier'],
    [{ name: 'x', price_modifier: '1' }, '/price_modifier'], [{ name: 'x', price_modifier: MONEY_MAX + 1 }, '/price_modifier'], [{ name: 'x', price_modifier: -MONEY_MAX - 1 }, '/price_modifier'],
    [{ name: 'x', is_default: 1 }, '/is_default'], [{ name: 'x', is_available: 'no' }, '/is_available'], [{ name: 'x', typo: 1 }, '/typo'], [{ name: 'x', position: 1 }, '/position'],
    [{ name: 'x', id: 'x' }, '/id'], [7, ''], [null, ''], ['x', '']]) {
    assertFaults(await add(`items/${item.id}/options`, { name: 'X', values: [{ name: 'good' }, value] }), [`/values/1${field}`], JSON.stringify(value).slice(0, 60));
    assertFaults(await change(`options/${option.id}`, { values: [{ name: 'good' }, value] }), [`/values/1${field}`], JSON.stringify(value).slice(0, 60));
  }
  assertFaults(await add(`items/${item.id}/options`, { name: 'X', values: [{ name: 'x', id: randomUUID() }] }), ['/values/0/id']);
  // The numbers against each other, and against what there is.
  for (const numbers of [{ min_select: 2 }, { min_select: 3, max_select: 2 }, { min_select: 4, max_select: 5 }]) {
    assertFaults(await add(`items/${item.id}/options`, { name: 'X', values: someValues, ...numbers }), ['/min_select'], JSON.stringify(numbers));
    assertFaults(await change(`options/${option.id}`, numbers), ['/min_select'], JSON.stringify(numbers));
  }
  assertFaults(await change(`options/${option.id}`, { min_select: 2, max_select: 2, values: [{ name: 'alone' }] }), ['/min_select']);
  for (const field of ['id', 'menu_item_id', 'version', 'price']) assertFaults(await change(`options/${option.id}`, { [field]: 1 }), [`/${field}`]);
  assertProblem(await change(`options/${option.id}`, {}), 422, 'validation_failed');
  assert.deepEqual(wholeMenu(), before);
});

test('every fault of an option is named at once', async () => {
  const item = await newItem();
  assertFaults(await add(`items/${item.id}/options`, { name: '', max_select: 0, values: [{ name: '' }, { name: 'x', price_modifier: 0.5 }], typo: 1 }),
    ['/name', '/max_select', '/values/0/name', '/values/1/price_modifier', '/typo']);
});

test('each field of an option', async () => {
  let now = await newOption(await newItem());
  for (const body of [{ name: newName() }, { max_select: 3 }, { min_select: 2 }, { min_select: 0 }, { position: 9 }, { name: newName(), min_select: 1, max_select: 2, position: 0 }]) {
    const answer = expectStatus(await change(`options/${now.id}`, body), 200);
    assert.deepEqual(answer.json, { ...now, ...body, version: now.version + 1 }, 'the values stay');
    assert.equal(answer.headers.get('etag'), `"${now.version + 1}"`);
    assert.deepEqual(outbox(now.id), [['menu_item_option', String(now.version + 1), 'pending']]);
    now = answer.json;
  }
  assertFaults(await change(`options/${now.id}`, { max_select: 1, min_select: 2 }), ['/min_select']);
  expectStatus(await change(`options/${now.id}`, { min_select: 2 }), 200);
  assertFaults(await change(`options/${now.id}`, { max_select: 1 }), ['/min_select'], 'against what is stored');
});

test('an item of which a required option ran out is not available', async () => {
  const item = await newItem();
  const required = await newOption(item, { min_select: 2, max_select: 2, allow_repeat: false }), free = await newOption(item);
  const left = (option, n) => change(`options/${option.id}`,
    { values: option.values.map((v, i) => ({ id: v.id, name: v.name, is_available: i < n })) });
  await left(free, 0); // of which nobody has to choose
  for (const [n, available] of [[2, true], [1, false], [0, false], [3, true]]) {
    await written(() => left(required, n), (m) => inMenu(m, item.id).is_available === available, `${n} left`);
    const answers = [await place(item, choose(required, 0, 1)), await quote(item, choose(required, 0, 1)), await quote(item)];
    if (!available) for (const answer of answers) assertProblem(answer, 422, 'item_unavailable', `${n} left`);
    else assert.deepEqual(answers.map((a) => a.json.code ?? a.status), [201, 200, 'invalid_selection']);
    if (!available) assert.deepEqual(answers[0].json.errors.map((e) => e.field), ['/items/0/menu_item_id']);
    assert.equal((await itemOf(item.id)).is_available, true, 'what its managers set stays');
  }
  await written(() => change(`items/${item.id}`, { is_available: false }), (m) => !inMenu(m, item.id).is_available);
});

test('one value that is left may be chosen as often as an option asks for, where it may be repeated', async () => {
  const item = await newItem(), required = await newOption(item, { min_select: 2, max_select: 2 });
  const left = (n) => change(`options/${required.id}`,
    { values: required.values.map((v, i) => ({ id: v.id, name: v.name, is_available: i < n })) });
  for (const [n, available] of [[1, true], [0, false]]) {
    await written(() => left(n), (m) => inMenu(m, item.id).is_available === available, `${n} left`);
    const answer = await place(item, choose(required, 0, 0));
    if (available) expectStatus(answer, 201);
    else assertProblem(answer, 422, 'item_unavailable');
  }
});

test('values: those with an id stay, the others are new, what is not named goes', async () => {
  const item = await newItem(), option = await newOption(item);
  const [small, medium, large] = option.values;
  const order = await placed(item, choose(option, 0));
  const answer = expectStatus(await change(`options/${option.id}`, { values: [{ id: large.id, name: 'Huge', price_modifier: 9000, is_default: true }, { name: 'Tiny', price_modifier: -1000 }, { id: medium.id.toUpperCase(), name: 'Medium', is_available: false }] }), 200);
  assert.equal(answer.json.version, 2);
  assert.deepEqual(outbox(option.id), [['menu_item_option', '2', 'pending']]);
  const values = answer.json.values;
  assert.deepEqual(values.map((v) => [v.name, v.price_modifier, v.is_default, v.is_available]), [['Huge', 9000, true, true], ['Tiny', -1000, false, true], ['Medium', 0, false, false]]);
  assert.deepEqual([values[0].id, values[2].id], [large.id, medium.id]);
  assert.ok(![small.id, medium.id, large.id].includes(values[1].id));
  assert.deepEqual((await itemOf(item.id)).options, [answer.json]);
  // Orders: the old one as it was, new ones by the new values.
  assert.deepEqual(await orderAgain(order), order);
  const gone = await place(item, [{ option_id: option.id, value_id: small.id }]);
  assertProblem(gone, 422, 'invalid_selection');
  assertProblem(await place(item, [{ option_id: option.id, value_id: medium.id }]), 422, 'invalid_selection', 'not available');
  assert.equal((await placed(item, [{ option_id: option.id, value_id: large.id }])).subtotal, 19000);
  assert.equal((await placed(item, [{ option_id: option.id, value_id: values[1].id }])).subtotal, 9000);
  // A value that went does not come back by its id.
  assertFaults(await change(`options/${option.id}`, { values: [{ id: small.id, name: 'Small' }] }), ['/values/0/id']);
});

test('ids of values that are not the option\'s', async () => {
  const item = await newItem(), option = await newOption(item), other = await newOption(item);
  const there = stack.sqlValue(`SELECT v.id FROM menu_item_option_values v WHERE v.restaurant_id = '${stack.restaurant(otherSlug).id}' LIMIT 1`);
  const before = wholeMenu();
  for (const id of [other.values[0].id, there, randomUUID(), option.id]) {
    const answer = await change(`options/${option.id}`, { values: [{ id: option.values[0].id, name: 'Mine' }, { id, name: 'Not mine' }] });
    assertFaults(answer, ['/values/1/id'], id);
    assert.equal(answer.json.errors[0].code, 'not_found');
  }
  const twice = await change(`options/${option.id}`, { values: [{ id: option.values[0].id, name: 'A' }, { id: option.values[0].id, name: 'B' }] });
  assertFaults(twice, ['/values/1/id']);
  assert.deepEqual(wholeMenu(), before);
});

test('orders follow the new rules', async () => {
  const item = await newItem(), option = await newOption(item, { allow_repeat: false });
  await placed(item);
  expectStatus(await change(`options/${option.id}`, { min_select: 2, max_select: 2 }), 200);
  for (const chosen of [[], choose(option, 0), choose(option, 0, 1, 2), choose(option, 1, 1)]) assertProblem(await place(item, chosen), 422, 'invalid_selection', JSON.stringify(chosen));
  assert.equal((await placed(item, choose(option, 1, 2))).subtotal, 16000);
  const second = await newOption(item, { min_select: 1 });
  assertProblem(await place(item, choose(option, 1, 2)), 422, 'invalid_selection', 'a further option must be chosen');
  await placed(item, [...choose(option, 1, 2), ...choose(second, 0)]);
});

test('removing an option', async () => {
  const item = await newItem(), option = await newOption(item, { min_select: 1 });
  const order = await placed(item, choose(option, 1));
  assert.equal(expectStatus(await remove(`options/${option.id}`), 204).text, '');
  for (const gone of [await remove(`options/${option.id}`), await change(`options/${option.id}`, { name: 'X' })]) assertProblem(gone, 404, 'not_found');
  assert.deepEqual((await itemOf(item.id)).options, []);
  assert.equal(outbox(option.id)[0][1], '2');
  assert.deepEqual(await orderAgain(order), order);
  assertProblem(await place(item, choose(option, 1)), 422, 'invalid_selection');
  assert.equal((await placed(item)).subtotal, 10000);
});

test('values changed many times at once', async () => {
  const option = await newOption(await newItem());
  const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => change(`options/${option.id}`, { values: [{ name: `Only ${i}` }] })));
  for (const answer of answers) expectStatus(answer, 200);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM menu_item_option_values WHERE option_id = '${option.id}' AND deleted_at IS NULL`), '1');
  // One keeps a value that the other drops: it is refused, or it was first.
  for (let round = 0; round < 5; round++) {
    const fresh = await newOption(await newItem());
    const [keeps, drops] = await Promise.all([
      change(`options/${fresh.id}`, { values: [{ id: fresh.values[0].id, name: 'Kept' }] }), change(`options/${fresh.id}`, { values: [{ name: 'New' }] })]);
    expectStatus(drops, 200);
    assert.ok([200, 422].includes(keeps.status), keeps.text);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM menu_item_option_values WHERE option_id = '${fresh.id}' AND deleted_at IS NULL`), '1', `${keeps.text} ${drops.text}`);
  }
});

test('a value that is dropped has not been kept before the change had its turn', async () => {
  const option = await newOption(await newItem());
  const [small, , large] = option.values;
  // As a change that drops it does it.
  const answer = await overtaken(stack, `SELECT FROM menu_item_options WHERE id = '${option.id}' FOR NO KEY UPDATE`,
    () => change(`options/${option.id}`, { values: [{ id: small.id, name: 'Kept' }, { id: large.id, name: 'Large' }] }),
    `UPDATE menu_item_options SET position = position WHERE id = '${option.id}';
    UPDATE menu_item_option_values SET deleted_at = now() WHERE option_id = '${option.id}' AND id <> '${large.id}'`);
  if (answer.status === 200) assert.ok(answer.json.values.some((v) => v.id === small.id), `answered as if it were kept: ${answer.text}`);
  else assertFaults(answer, ['/values/0/id']);
});

// ---- Many at once

test('bulk: prices and availability', async () => {
  const items = [];
  for (let i = 0; i < 4; i++) items.push(await newItem({ station: 'bar' }));
  const answer = expectStatus(await bulk([{ id: items[0].id, price: 1 }, { id: items[1].id.toUpperCase(), is_available: false }, { id: items[2].id, price: 0, is_available: false }]), 200);
  assert.equal(answer.json.changed, 3);
  const now = await Promise.all(items.map((i) => itemOf(i.id)));
  assert.deepEqual(now.map((i) => [i.price, i.is_available, i.version]), [[1, true, 2], [10000, false, 2], [0, false, 2], [10000, true, 1]]);
  for (const [i, item] of now.entries()) {
    assert.deepEqual({ ...item, price: 0, is_available: 0, version: 0, updated_at: 0 }, { ...items[i], price: 0, is_available: 0, version: 0, updated_at: 0 });
    assert.deepEqual(outbox(item.id), [['menu_item', String(item.version), 'pending']]);
  }
  expectStatus(await bulk([{ id: items[0].id, price: MONEY_MAX, is_available: null }]), 200);
  assert.equal((await itemOf(items[0].id)).price, MONEY_MAX);
});

test('bulk: all or none', async () => {
  const items = [];
  for (let i = 0; i < 3; i++) items.push(await newItem());
  const gone = await newItem();
  expectStatus(await remove(`items/${gone.id}`), 204);
  const there = stack.sqlValue(`SELECT id FROM menu_items WHERE restaurant_id = '${stack.restaurant(otherSlug).id}' LIMIT 1`);
  const before = wholeMenu();
  const good = { id: items[0].id, price: 777 };
  for (const id of [randomUUID(), gone.id, there, home.id]) {
    const answer = await bulk([good, { id, price: 1 }, { id: items[1].id, is_available: false }]);
    assertFaults(answer, ['/changes/1/id'], id);
    assert.equal(answer.json.errors[0].code, 'not_found');
  }
  for (const [wrong, field] of [[{ id: items[1].id }, ''], [{ id: items[1].id, price: null, is_available: null }, ''], [{ price: 1 }, '/id'], [{ id: null, price: 1 }, '/id'], [{ id: 'x', price: 1 }, '/id'],
    [{ id: items[1].id, price: -1 }, '/price'], [{ id: items[1].id, price: MONEY_MAX + 1 }, '/price'], [{ id: items[1].id, price: 1.5 }, '/price'], [{ id: items[1].id, price: '1' }, '/price'],
    [{ id: items[1].id, is_available: 'no' }, '/is_available'], [{ id: items[1].id, is_available: 0 }, '/is_available'], [{ id: items[1].id, price: 1, name: 'X' }, '/name'],
    [{ id: items[0].id, price: 2 }, '/id'], [{ id: items[0].id.toUpperCase(), is_available: true }, '/id'], [null, ''], [7, ''], [[], '']])
    assertFaults(await bulk([good, wrong]), [`/changes/1${field}`], JSON.stringify(wrong));
  for (const changes of [[], null, undefined, {}, 'x', Array.from({ length: 501 }, () => ({ id: randomUUID(), price: 1 }))]) assertFaults(await bulk(changes), ['/changes'], JSON.stringify(changes)?.slice(0, 60));
  assertFaults(await add('bulk', { changes: [good], dry_run: true }), ['/dry_run']);
  assertFaults(await bulk([{ id: 'x', price: -1 }, { id: items[0].id }, { id: items[1].id, price: 'x' }]), ['/changes/0/id', '/changes/0/price', '/changes/1', '/changes/2/price'], 'all faults');
  assert.deepEqual(wholeMenu(), before);
});

test('bulk: five hundred', async () => {
  const { id } = stack.restaurant(), category = await newCategory();
  const ids = Array.from({ length: 500 }, () => randomUUID());
  stack.sql(`INSERT INTO menu_items (restaurant_id, id, category_id, name, price) SELECT '${id}', i, '${category.id}', i::text, 100 FROM unnest('{${ids.join(',')}}'::uuid[]) AS i`);
  const raised = menuVersion();
  const answer = expectStatus(await bulk(ids.map((i, n) => (n % 2 ? { id: i, price: 1000 + n } : { id: i, price: 1000 + n, is_available: false }))), 200);
  assert.equal(answer.json.changed, 500);
  assert.equal(menuVersion(), raised + 1);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM menu_items WHERE category_id = '${category.id}' AND version = 2 AND price BETWEEN 1000 AND 1499 AND is_available = (price % 2 = 1)`), '500');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM sync_logs WHERE entity_type = 'menu_item' AND entity_version = 2 AND entity_id = ANY ('{${ids.join(',')}}'::uuid[])`), '500');
  // 499 that are, and one that is not.
  const before = wholeMenu();
  assertFaults(await bulk([...ids.slice(1).map((i) => ({ id: i, price: 1 })), { id: randomUUID(), price: 1 }]), ['/changes/499/id']);
  assert.deepEqual(wholeMenu(), before);
  // Two of them against each other: one after the other, whole.
  for (let round = 0; round < 3; round++) {
    const price = [5000 + round, 6000 + round], from = menuVersion();
    const answers = await Promise.all([bulk(ids.map((i) => ({ id: i, price: price[0] }))), bulk(ids.toReversed().map((i) => ({ id: i, price: price[1] })))]);
    for (const one of answers) expectStatus(one, 200);
    assert.equal(menuVersion(), from + 2);
    const prices = stack.sql(`SELECT DISTINCT price FROM menu_items WHERE category_id = '${category.id}'`).flat();
    assert.equal(prices.length, 1, prices.join(' '));
    assert.ok(price.includes(Number(prices[0])));
  }
  stack.sql(`UPDATE menu_items SET deleted_at = now() WHERE category_id = '${category.id}'; UPDATE restaurants SET menu_version = menu_version + 1 WHERE id = '${id}'`);
});

test('bulk beside single changes and orders', async () => {
  const items = [];
  for (let i = 0; i < 6; i++) items.push(await newItem());
  const raised = menuVersion();
  const answers = await Promise.all([
    ...items.map((item, i) => change(`items/${item.id}`, { position: i })),
    ...Array.from({ length: 4 }, (_, i) => bulk((i % 2 ? items : items.toReversed()).map((item) => ({ id: item.id, price: 500 + i })))),
    ...items.map((item) => newOption(item).then(() => ({ status: 200, text: '' }))),
    ...items.map((item) => place(item))]);
  assert.deepEqual([...new Set(answers.map((a) => a.status))].sort(), [200, 201], answers.map((a) => `${a.status} ${a.text.slice(0, 200)}`).join('\n'));
  assert.equal(menuVersion(), raised + 16);
  assert.equal(stack.sql(`SELECT DISTINCT price FROM menu_items WHERE id IN (${items.map((i) => `'${i.id}'`)})`).length, 1);
});

// ---- The menu's version

test('each write raises the menu\'s version by one, and guests see it within a second', async () => {
  const category = await written(() => add('categories', { name: newName(), position: 3000 }), (m) => m.categories.at(-1).name === `Thing ${names}`, 'a category');
  await written(() => change(`categories/${category.id}`, { description: 'Seen' }), (m) => inMenu(m, category.id).description === 'Seen', 'its change');
  const item = await written(() => add('items', { ...allFields(), category_id: category.id }), (m) => m.categories.at(-1).items.length === 1, 'an item');
  await written(() => change(`items/${item.id}`, { price: 4321, tags: ['seen'] }), (m) => inMenu(m, item.id).price === 4321 && inMenu(m, item.id).tags[0] === 'seen', 'its change');
  await written(() => change(`items/${item.id}`, { tax_rate_ppm: null }), (m) => inMenu(m, item.id).tax_rate_ppm === m.restaurant.tax_rate_ppm, 'its rate');
  await written(() => change(`items/${item.id}`, { is_available: true }, { token: tokens.kitchen }), (m) => inMenu(m, item.id).is_available, 'by the kitchen');
  const option = await written(() => add(`items/${item.id}/options`, { name: 'Size', values: someValues }), (m) => inMenu(m, item.id).options[0].values.length === 3, 'an option');
  await written(() => change(`options/${option.id}`, { max_select: 2 }), (m) => inMenu(m, option.id).max_select === 2, 'its change');
  await written(() => change(`options/${option.id}`, { values: [{ id: option.values[1].id, name: 'Only' }] }), (m) => inMenu(m, option.id).values.length === 1 && inMenu(m, option.values[1].id).name === 'Only', 'its values');
  await written(() => bulk([{ id: item.id, price: 99, is_available: false }]), (m) => inMenu(m, item.id).price === 99 && !inMenu(m, item.id).is_available, 'bulk');
  await written(() => remove(`options/${option.id}`), (m) => !inMenu(m, option.id), 'an option goes');
  await written(() => remove(`items/${item.id}`), (m) => !inMenu(m, item.id), 'an item goes');
  await written(() => remove(`categories/${category.id}`), (m) => !inMenu(m, category.id), 'a category goes');
});

test('what is refused or repeated raises nothing', async () => {
  const item = await newItem(), key = newKey(), body = { category_id: home.id, name: newName(), price: 1 };
  const first = expectStatus(await add('items', body, { key }), 201);
  const raised = menuVersion();
  const again = expectStatus(await add('items', body, { key }), 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  for (const answer of [await change(`items/${item.id}`, { price: -1 }), await change(`items/${item.id}`, { price: 1 }, { headers: { 'If-Match': '"9"' } }), await remove(`categories/${home.id}`),
    await remove(`items/${randomUUID()}`), await bulk([{ id: randomUUID(), price: 1 }]), await add('items', { ...body, price: 2 }, { key })]) assert.ok(answer.status >= 400);
  assert.equal(menuVersion(), raised);
});

test('Idempotency-Key', async () => {
  const item = await newItem();
  for (const [path, body, other, count] of [
    ['categories', { name: newName('Keyed') }, { name: newName() }, (b) => `SELECT count(*) FROM menu_categories WHERE name = '${b.name}'`],
    ['items', { category_id: home.id, name: newName('Keyed'), price: 5 }, { category_id: home.id, name: newName(), price: 5 }, (b) => `SELECT count(*) FROM menu_items WHERE name = '${b.name}'`],
    [`items/${item.id}/options`, { name: newName('Keyed'), values: someValues }, { name: newName(), values: someValues }, (b) => `SELECT count(*) FROM menu_item_options WHERE name = '${b.name}'`],
    ['bulk', { changes: [{ id: item.id, price: 42 }] }, { changes: [{ id: item.id, price: 43 }] }, () => `SELECT version - 2 FROM menu_items WHERE id = '${item.id}'`]]) {
    const key = newKey();
    const answers = [await add(path, body, { key }), await add(path, body, { key })];
    assert.ok([200, 201].includes(answers[0].status), answers[0].text);
    assert.equal(answers[1].status, answers[0].status);
    assert.equal(answers[1].text, answers[0].text);
    assert.equal(answers[0].headers.get('idempotent-replayed'), null);
    assert.equal(answers[1].headers.get('idempotent-replayed'), 'true');
    for (const name of ['location', 'etag']) assert.equal(answers[1].headers.get(name), answers[0].headers.get(name));
    assertProblem(await add(path, other, { key }), 422, 'idempotency_key_reused', path);
    assert.equal(stack.sqlValue(count(body)), '1', path);
  }
});

test('If-Match', async () => {
  const item = await newItem();
  for (const [path, make] of [['categories', () => newCategory()], ['items', () => newItem()], ['options', () => newOption(item)]]) {
    const { id } = await make(), raised = menuVersion();
    const with_ = (tag) => ({ headers: { 'If-Match': tag } });
    expectStatus(await change(`${path}/${id}`, { name: 'B' }, with_('"1"')), 200);
    for (const tag of ['"1"', '"3"', 'W/"2"', '"x"']) {
      assertProblem(await change(`${path}/${id}`, { name: 'C' }, with_(tag)), 412, 'version_mismatch', `${path} ${tag}`);
      assertProblem(await remove(`${path}/${id}`, with_(tag)), 412, 'version_mismatch', `${path} ${tag}`);
    }
    assert.equal(menuVersion(), raised + 1, path);
    const answers = await Promise.all(Array.from({ length: 5 }, (_, i) => change(`${path}/${id}`, { name: `At once ${i}` }, with_('"2"'))));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 412, 412, 412, 412], path);
    expectStatus(await change(`${path}/${id}`, { name: 'D' }, with_('*')), 200);
    expectStatus(await remove(`${path}/${id}`, with_('"4"')), 204);
  }
});

test('malformed ids', async () => {
  const there = (name) => stack.sqlValue(`SELECT id FROM ${name} WHERE restaurant_id = '${stack.restaurant(otherSlug).id}' LIMIT 1`);
  const before = wholeMenu();
  for (const [path, table] of [['categories', 'menu_categories'], ['items', 'menu_items'], ['options', 'menu_item_options']]) {
    for (const id of [there(table), randomUUID(), 'x', stack.restaurant().id]) {
      assertProblem(await change(`${path}/${id}`, { name: 'X' }), 404, 'not_found', `${path} ${id}`);
      assertProblem(await remove(`${path}/${id}`), 404, 'not_found', `${path} ${id}`);
      if (path === 'items') {
        assertProblem(await read(`items/${id}`), 404, 'not_found');
        assertProblem(await add(`items/${id}/options`, { name: 'X', values: someValues }), 404, 'not_found');
      }
    }
  }
  assert.deepEqual(wholeMenu(), before);
});
