// orderzapctl qr-sheet: a page to print with a card for each table.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, expectStatus, post, tokenOf } from '../api/lib/client.mjs';
import { level, modules, quietZone, rasterize, scan, words } from '../api/lib/qr.mjs';
import { shareStack } from '../api/lib/shared.mjs';

const EX = { OK: 0, USAGE: 64, DATAERR: 65, CANTCREAT: 73, CONFIG: 78 };

let stack, slug, otherSlug, folder;
before(async () => {
  stack = await shareStack();
  ({ slug, otherSlug } = stack);
  folder = mkdtempSync(join(tmpdir(), 'orderzap-sheet-'));
  const token = await tokenOf(stack, 'manager');
  for (const [name, zone] of [['T10', 'Hall 10'], ['T2', 'Hall 10'], ['T9', 'Hall 9'], ['<b>"A" & \'B\'</b>', '<i>&</i>'], ['Тераса', 'फर्श'], ['x'.repeat(60), 'y'.repeat(60)], ['alone', null]])
    expectStatus(await post(stack, '/api/tables', { token, body: { name, seats: 2, zone } }), 201);
  const gone = expectStatus(await post(stack, '/api/tables', { token, body: { name: 'Gone', seats: 2 } }), 201).json;
  expectStatus(await call(stack, 'DELETE', `/api/tables/${gone.id}`, { token }), 204);
  const changed = expectStatus(await post(stack, '/api/tables', { token, body: { name: 'Changed', seats: 2 } }), 201).json;
  expectStatus(await post(stack, `/api/tables/${changed.id}/qr`, { token }), 200);
});
after(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const sheet = (args, options) => stack.ctl(['qr-sheet', ...args], options);

async function html(restaurant = slug) {
  const { status, stdout, stderr } = await sheet(['--restaurant', restaurant]);
  assert.deepEqual([status, stderr], [EX.OK, '']);
  return stdout;
}

/** The page's cards: [{svg, zone, title, lines}]. */
function cards(page) {
  return [...page.matchAll(/<figure class="card">\n(<svg.*?<\/svg>)\n<figcaption[^>]*>(.*?)<\/figcaption>\n<\/figure>/gs)]
    .map(([, svg, zone]) => ({ svg, zone, ...words(svg) }));
}

test('every table of the restaurant is there, and its code leads to it', async () => {
  for (const restaurant of [slug, otherSlug]) {
    const tables = stack.sql(`SELECT t.name, q.code, r.name FROM tables t JOIN restaurants r ON r.id = t.restaurant_id
      JOIN qr_codes q ON q.table_id = t.id AND q.retired_at IS NULL WHERE r.slug = '${restaurant}' AND t.deleted_at IS NULL`);
    const page = await html(restaurant), found = cards(page);
    assert.equal(found.length, tables.length);
    assert.equal(page.match(/<svg/g).length, found.length);
    const byTitle = Object.fromEntries(found.map((card) => [card.title, card]));
    for (const [name, code, place] of tables) {
      const card = byTitle[`${name}, ${place}`];
      assert.deepEqual(scan(rasterize(card.svg, 400)), [`${stack.url}/api/r/${restaurant}/tables/${code}`], name);
      assert.equal(card.lines.slice(0, -1).join('').replaceAll(' ', ''), name.replaceAll(' ', ''));
      assert.equal(card.lines.at(-1), place);
      const matrix = modules(card.svg);
      assert.deepEqual([quietZone(matrix), level(matrix)], [4, 'M']);
    }
  }
});

test('by zone and name, as people count; without a zone last', async () => {
  const order = cards(await html()).map((card) => card.title.replace(', Spice Garden', ''));
  const places = ['T9', 'T2', 'T10', 'alone'].map((name) => order.indexOf(name));
  assert.deepEqual(places, [...places].sort((a, b) => a - b), order.join('; '));
  assert.ok(places.every((place) => place >= 0));
});

test('made to be printed on A4', async () => {
  const page = await html();
  assert.match(page, /^<!DOCTYPE html>\n/);
  assert.match(page, /<meta charset="utf-8">/);
  assert.match(page, /@page \{ size: A4;/);
  assert.match(page, /\.card \{[^}]*break-inside: avoid/);
  // Nothing comes from elsewhere.
  assert.doesNotMatch(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', ''), /https?:|<script|<link|url\(|@import/);
});

test('names and zones are escaped', async () => {
  const page = await html();
  assert.ok(page.includes('&lt;i&gt;&amp;&lt;/i&gt;</figcaption>'));
  assert.ok(page.includes('&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;</text>'));
  assert.doesNotMatch(page, /<b>|<i>/);
});

test('--output', async () => {
  const path = join(folder, 'tables.html');
  for (let i = 0; i < 2; i++) {
    const result = await sheet(['--restaurant', slug, '--output', path]);
    assert.deepEqual(result, { status: EX.OK, stdout: '', stderr: '' });
    assert.equal(readFileSync(path, 'utf8'), await html());
  }
});

test('what is refused', async () => {
  const path = join(folder, 'none.html');
  for (const [args, status, pattern, env] of [
    [[], EX.USAGE, /--restaurant must be given/],
    [['--restaurant', slug, '--paper', 'A5'], EX.USAGE, /--paper/],
    [['--restaurant', 'nowhere', '--output', path], EX.DATAERR, /restaurant 'nowhere' not found/],
    [['--restaurant', slug, '--output', path], EX.CONFIG, /PUBLIC_URL is not set/, { PUBLIC_URL: '' }],
    [['--restaurant', slug, '--output', path], EX.CONFIG, /PUBLIC_URL: 'orders' is not an address/, { PUBLIC_URL: 'orders' }],
    [['--restaurant', slug, '--output', join(folder, 'no/where.html')], EX.CANTCREAT, /no\/where\.html: No such file/]]) {
    const result = await sheet(args, { env });
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, pattern);
    assert.match(result.stderr, /^orderzapctl: /);
    assert.equal(result.stdout, '');
  }
  assert.ok(!existsSync(path));
  const { status } = await stack.ctl(['restaurant', 'add', '--slug', 'bare', '--name', 'Bare', '--currency', 'EUR', '--timezone', 'Europe/Rome']);
  assert.equal(status, EX.OK);
  const bare = await sheet(['--restaurant', 'bare']);
  assert.equal(bare.status, EX.DATAERR);
  assert.match(bare.stderr, /'bare' has no tables/);
});
