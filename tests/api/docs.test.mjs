// The page that describes the API, at /docs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, expectProblem, get } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';
import { root } from './lib/stack.mjs';

let stack;
before(async () => {
  stack = await shareStack();
});
after(() => stack?.stop());

const ask = (method, path, options) => call(stack, method, path, { documented: false, ...options });

test('GET /docs is the page of the source', async () => {
  const answer = await ask('GET', '/docs');
  assert.equal(answer.status, 200);
  assert.equal(answer.text, readFileSync(join(root, 'docs/api.html'), 'utf8'));
  const expected = {
    'content-type': 'text/html; charset=utf-8', 'cache-control': 'public, max-age=300', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(answer.headers.get(name), value, name);
  assert.match(answer.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
  assert.match(answer.headers.get('vary'), /Accept-Encoding/);
  assert.match(answer.headers.get('strict-transport-security'), /max-age/);
});

test('HEAD /docs is the same without the page', async () => {
  const answer = await ask('HEAD', '/docs');
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '');
  assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
});

test('a client that has the page need not load it again', async () => {
  const first = await ask('GET', '/docs');
  const again = await ask('GET', '/docs', { headers: { 'If-None-Match': first.headers.get('etag') } });
  assert.equal(again.status, 304);
  assert.equal(again.headers.get('content-security-policy'), first.headers.get('content-security-policy'));
  assert.equal(again.headers.get('cache-control'), 'public, max-age=300');
});

test('other methods are refused', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await ask(method, '/docs', method === 'POST' ? { body: {} } : {});
    expectProblem(answer, 405, 'method_not_allowed', []);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'");
  }
});

test('plain HTTP leads to TLS', async () => {
  const { status, location } = await new Promise((done, failed) => {
    http.get(`http://localhost:${stack.port + 1}/docs`, (res) => {
      res.resume();
      done({ status: res.statusCode, location: res.headers.location });
    }).on('error', failed);
  });
  assert.equal(status, 308);
  assert.equal(location, `${stack.url}/docs`);
});

test('nothing else is under /docs, and the rest keeps its headers', async () => {
  for (const path of ['/docs/', '/docs/api.html', '/api.html', '/DOCS']) expectProblem(await get(stack, path), 404, 'not_found');
  const health = await get(stack, '/health');
  assert.equal(health.headers.get('cache-control'), 'no-store');
  assert.equal(health.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'");
});
