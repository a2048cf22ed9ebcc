// docs/api.html: made of docs/openapi.yaml as it is now, and whole in itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makePage } from '../../docs/tools/make-api-page.mjs';
import { document } from '../api/lib/document.mjs';
import { root } from '../api/lib/paths.mjs';

const page = readFileSync(join(root, 'docs/api.html'), 'utf8');

test('it is up to date', () => {
  assert.ok(makePage(document) === page, 'docs/openapi.yaml has changed: run `make api-page`');
});

test('it loads nothing and runs nothing', () => {
  assert.doesNotMatch(page, /<script|<link|<img|<iframe|\bon\w+="|javascript:|\bsrc=|url\(|@import/i);
  assert.doesNotMatch(page.replaceAll(/<pre>[^]*?<\/pre>|<code>[^]*?<\/code>/g, ''), /https?:\/\//);
});

test('every operation, schema and code has its place', () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item)).map((o) => o.operationId).filter(Boolean);
  const wanted = [...operations, ...document.components.schemas.ProblemCode.enum.map((c) => `code-${c}`),
    ...Object.keys(document.components.schemas).map((s) => `schema-${s.toLowerCase()}`)];
  assert.deepEqual(wanted.filter((id) => !ids.includes(id)), []);
  assert.deepEqual([...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id).filter((id) => !ids.includes(id)), []);
});

test('what is opened is closed, in its order', () => {
  const open = [];
  for (const [, end, name] of page.replace(/<style>[^]*<\/style>/, '').matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (name === 'meta') continue;
    if (end) assert.equal(open.pop(), name);
    else open.push(name);
  }
  assert.deepEqual(open, []);
});
