// What is taken for a request at all: strict JSON, its limits, media types,
// methods and paths; and the shape of every refusal (RFC 9457).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, expectStatus, get, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { exchange, headersOf } from './lib/exchange.mjs';
import { shareStack } from './lib/shared.mjs';
import { until } from './lib/until.mjs';

let stack;
let waiter;
let manager;
let diner;
let roti;

before(async () => {
  stack = await shareStack();
  waiter = await tokenOf(stack, 'waiter');
  manager = await tokenOf(stack, 'manager');
  diner = await openSession(stack, 0);
  roti = (await readMenu(stack)).byName['Tandoori Roti'].id;
});
after(() => stack?.stop());

const bytes = (...parts) => Buffer.concat(parts.map((p) => (Buffer.isBuffer(p) ? p : Buffer.from(p))));

// The two doors: each body has a place for a raw JSON value, as text or bytes.
const doors = {
  'POST /api/orders': {
    send: (body, options = {}) => post(stack, '/api/orders', { token: waiter, body, ...options }),
    around: (value) => bytes(`{"order_type":"takeaway","items":[{"menu_item_id":"${roti}","quantity":1}],"notes":`, value, '}'),
    good: 201,
  },
  'POST /api/auth/login': {
    send: (body, options = {}) => post(stack, '/api/auth/login', { body, ...options }),
    around: (value) => bytes(`{"restaurant":"${stack.slug}","email":"nobody@spice-garden.example","password":`, value, '}'),
    good: 401, // nobody's password is wrong
  },
};

/** Every member of a problem, and nothing that only we should know. */
function expectProblem(answer, status, code, { errors = true } = {}) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  const { json } = answer;
  assert.equal(json.code, code, answer.text);
  assert.equal(json.status, status);
  for (const member of ['type', 'title', 'detail', 'code', 'request_id']) {
    assert.equal(typeof json[member], 'string', `${member} of ${answer.text}`);
    assert.notEqual(json[member], '', member);
  }
  assert.match(json.code, /^[a-z]+(_[a-z]+)*$/);
  assert.equal(json.request_id, answer.headers.get('x-request-id'));
  assert.match(json.request_id, /^[0-9a-f]{32}$/);
  if (errors) assert.ok(Array.isArray(json.errors), `errors of ${answer.text}`);
  for (const error of json.errors ?? []) {
    for (const member of ['field', 'code', 'detail']) assert.equal(typeof error[member], 'string', answer.text);
  }
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.match(answer.headers.get('cache-control'), /no-store/);
  assert.doesNotMatch(answer.text, /SELECT|INSERT|\.c\b|json-c|json_tokener|libpq|PostgreSQL|nginx|\/src\//);
  return json;
}

/** A request as it is written here, which call() would put straight. */
async function raw(method, path, { headers = {}, body } = {}) {
  const answer = await exchange(stack.url, { method, path, headers, body }), text = answer.bytes.toString();
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, headers: headersOf(answer.headers), text, json };
}

// ---- Bodies that are no strict JSON. [what, value or body, where reading stops]: `in` is put into an else good body, `whole` is
// all of it; `at` is the place in it that the problem names.

const nested = (n, inside = '1') => `${'['.repeat(n)}${inside}${']'.repeat(n)}`;
const malformed = {
  'NUL as it is': { in: '"a\0b"', at: 2 },
  'NUL escaped': { in: '"a\\u0000b"' },
  'NUL escaped in a key': { whole: '{"order_type\\u0000":1}' },
  'NUL behind the value': { whole: '{}\0' },
  'a control character as it is': { in: '"a\u0001b"', at: 2 },
  'a line feed in a string': { in: '"a\nb"', at: 2 },
  'a tab in a string': { in: '"a\tb"', at: 2 },
  'overlong UTF-8 of a slash': { in: bytes('"', Buffer.from([0xc0, 0xaf]), '"'), at: 1 },
  'overlong UTF-8 in three bytes': { in: bytes('"', Buffer.from([0xe0, 0x80, 0xaf]), '"'), at: 1 },
  'overlong UTF-8 in four bytes': { in: bytes('"', Buffer.from([0xf0, 0x80, 0x80, 0xaf]), '"'), at: 1 },
  'overlong NUL': { in: bytes('"', Buffer.from([0xc0, 0x80]), '"'), at: 1 },
  'a surrogate in UTF-8': { in: bytes('"', Buffer.from([0xed, 0xa0, 0x80]), '"'), at: 1 },
  'a surrogate pair in UTF-8': { in: bytes('"', Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]), '"'), at: 1 },
  'beyond Unicode': { in: bytes('"', Buffer.from([0xf4, 0x90, 0x80, 0x80]), '"'), at: 1 },
  'a lone continuation byte': { in: bytes('"', Buffer.from([0x80]), '"'), at: 1 },
  'UTF-8 cut short': { in: bytes('"', Buffer.from([0xe2, 0x82]), '"'), at: 1 },
  'Latin-1': { in: bytes('"caff', Buffer.from([0xe8]), '"'), at: 5 },
  'UTF-16': { whole: Buffer.from('{"a":1}', 'utf16le') },
  'invalid UTF-8 in a key': { whole: bytes('{"', Buffer.from([0xff]), '":1}'), at: 2 },
  'a byte order mark': { whole: bytes(Buffer.from([0xef, 0xbb, 0xbf]), '{}'), at: 0 },
  'a lone high surrogate': { in: '"\\ud83d"' },
  'a lone low surrogate': { in: '"\\ude00"' },
  'surrogates the wrong way round': { in: '"\\ude00\\ud83d"' },
  'a high surrogate before another escape': { in: '"\\ud83d\\u0041"' },
  'an unknown escape': { in: '"\\x41"' },
  'an escape cut short': { in: '"\\u12"' },
  'a duplicate key': { whole: '{"a":1,"b":2,"a":1}', at: 13 },
  'a duplicate key, escaped': { whole: '{"notes":1,"n\\u006ftes":2}', at: 11 },
  'a duplicate key, both escaped another way': { whole: '{"\\u00fc":1,"ü":2}' },
  'a duplicate key, escaped slash': { whole: '{"a/b":1,"a\\/b":2}' },
  'a duplicate empty key': { whole: '{"":1,"":2}' },
  'a duplicate key deep inside': { in: '[{"a":{"b":1,"c":2,"b":3}}]' },
  '1e999': { in: '1e999', at: 0 },
  '-1e999': { in: '-1e999', at: 0 },
  '2^63': { in: '9223372036854775808', at: 0 },
  '-2^63 - 1': { in: '-9223372036854775809', at: 0 },
  'a number of a thousand digits': { in: '9'.repeat(1000), at: 0 },
  'NaN': { in: 'NaN', at: 0 },
  'Infinity': { in: 'Infinity', at: 0 },
  '-Infinity': { in: '-Infinity' },
  'a plus sign': { in: '+1', at: 0 },
  'a leading zero': { in: '01' },
  'a fraction without digits': { in: '1.' },
  'a fraction without a whole': { in: '.5', at: 0 },
  'an exponent without digits': { in: '1e' },
  'hexadecimal': { in: '0x10' },
  'a lone minus': { in: '-' },
  'single quotes': { in: "'x'", at: 0 },
  'single quotes around keys': { whole: "{'a':1}", at: 1 },
  'a key without quotes': { whole: '{a:1}', at: 1 },
  'True': { in: 'True', at: 0 },
  'a word cut short': { in: 'nul', at: 0 },
  'undefined': { in: 'undefined', at: 0 },
  'a comma behind the last member': { whole: '{"a":1,}', at: 7 },
  'a comma behind the last element': { in: '[1,]', at: 3 },
  'two commas': { in: '[1,,2]', at: 3 },
  'no comma': { whole: '{"a":1 "b":2}', at: 7 },
  'no colon': { whole: '{"a" 1}', at: 5 },
  'a comment': { whole: '{} // so', at: 3 },
  'a comment before': { whole: '/* so */ {}', at: 0 },
  'the wrong bracket': { in: '[1}' },
  'bytes after the value': { whole: '{}x', at: 2 },
  'a second value': { whole: '{} {}', at: 3 },
  'a bracket too many': { whole: '{}}', at: 2 },
  'a form feed as space': { whole: '{\f}', at: 1 },
  'a no-break space': { whole: '\u00a0{}', at: 0 },
  'nothing but space': { whole: ' \n' },
  'nothing but NUL': { whole: '\0', at: 0 },
  'not JSON at all': { whole: 'order_type=takeaway&quantity=1', at: 0 },
  'seventeen levels': { in: nested(16) },
  'seventeen levels of objects': { whole: `${'{"a":'.repeat(17)}1${'}'.repeat(17)}` },
  'a hundred thousand levels': { whole: '['.repeat(100_000) },
  'a hundred thousand levels of objects': { whole: '{"":'.repeat(50_000) },
};

for (const [name, door] of Object.entries(doors)) {
  for (const [what, { in: value, whole, at }] of Object.entries(malformed)) {
    test(`${name}: ${what}`, async () => {
      const body = value === undefined ? bytes(whole) : door.around(value);
      const problem = expectProblem(await door.send(body), 400, 'invalid_json');
      const place = problem.detail.match(/byte (\d+)/)?.[1];
      assert.notEqual(place, undefined, problem.detail);
      assert.ok(Number(place) <= body.length);
      if (at !== undefined) assert.equal(Number(place), at + (value === undefined ? 0 : door.around('').length - 1), problem.detail);
    });
  }

  test(`${name}: a body cut short anywhere`, async () => {
    const body = door.around('"a\\u00fc\\ud83d\\ude00 🍛"');
    for (let n = 1; n < body.length; n++) expectProblem(await door.send(body.subarray(0, n)), 400, 'invalid_json');
  });

  test(`${name}: an empty body`, async () => {
    expectProblem(await door.send(''), 400, 'invalid_json');
    expectProblem(await door.send(undefined), 400, 'invalid_json');
  });

  test(`${name}: a body that is no object`, async () => {
    for (const body of ['[]', '[{}]', '1', '-1.5', '"x"', 'true', 'false', 'null', ' null ']) {
      const problem = expectProblem(await door.send(body), 422, 'validation_failed');
      assert.deepEqual(problem.errors.map((e) => [e.field, e.code]), [['', 'wrong_type']], body);
    }
  });

  // ---- What is strict JSON

  test(`${name}: strict JSON in other clothes is taken`, async () => {
    const good = door.around('"a\\u00fc\\ud83d\\ude00\\n 🍛 \u{10ffff}\u00e9"').toString();
    assert.equal((await door.send(good)).status, door.good);
    assert.equal((await door.send(` \t\r\n${good}\n\n`)).status, door.good);
    assert.equal((await door.send(good.replace('{', '{ \n').replaceAll('":', '"\t:\r\n '))).status, door.good);
    assert.equal((await door.send(JSON.stringify(JSON.parse(good)).replace(/[a-z]/, (c) => `\\u00${c.charCodeAt(0).toString(16)}`))).status, door.good);
  });

  test(`${name}: sixteen levels are taken, numbers up to the edge too`, async () => {
    for (const value of [nested(15), '9223372036854775807', '-9223372036854775808', '1e308', '-0.0', '1E-400', '[]', '{"a":{"a":1}}', 'true']) {
      const problem = expectProblem(await door.send(door.around(value)), 422, 'validation_failed');
      assert.deepEqual(problem.errors.map((e) => e.code), ['wrong_type'], value);
    }
  });

  // ---- Size

  test(`${name}: 255 KiB are read, and refused for what they say`, async () => {
    const body = door.around(JSON.stringify('x'.repeat(255 * 1024 - door.around('""').length)));
    assert.equal(body.length, 255 * 1024);
    const problem = expectProblem(await door.send(body), 422, 'validation_failed');
    assert.deepEqual(problem.errors.map((e) => e.code), ['too_long']);
  });

  test(`${name}: 256 KiB are read, one byte more is not`, async () => {
    const body = (n) => bytes(door.around('"x"'), ' '.repeat(n - door.around('"x"').length));
    assert.equal((await door.send(body(262_144))).status, door.good);
    expectProblem(await door.send(body(262_145)), 413, 'body_too_large', { errors: false });
  });

  test(`${name}: 257 KiB and more are too much`, async () => {
    for (const n of [257 * 1024, 300 * 1024]) {
      expectProblem(await door.send(door.around(JSON.stringify('x'.repeat(n - door.around('""').length)))), 413, 'body_too_large', { errors: false });
    }
  });

  test(`${name}: a body in chunks is the same`, async () => {
    const chunked = (body) => raw('POST', name.split(' ')[1], { body,
      headers: { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked', ...(name.includes('orders') ? { Authorization: `Bearer ${waiter}` } : {}) } });
    assert.equal((await chunked(door.around('"x"'))).status, door.good);
    expectProblem(await chunked('{'), 400, 'invalid_json');
    expectProblem(await chunked(bytes(' '.repeat(263_000))), 413, 'body_too_large', { errors: false });
  });

  // ---- Media types

  test(`${name}: a body is application/json`, async () => {
    const good = door.around('"x"');
    for (const type of ['text/plain', 'text/json', 'application/jsonx', 'application/json-patch+json', 'application/problem+json', 'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x', 'application/octet-stream', 'json', 'application/', 'text/html; application/json', 'application/xml', '*/*']) {
      expectProblem(await door.send(good, { headers: { 'Content-Type': type } }), 415, 'unsupported_media_type');
      expectProblem(await door.send('{', { headers: { 'Content-Type': type } }), 415, 'unsupported_media_type');
    }
    for (const type of ['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8', 'Application/JSON', 'APPLICATION/JSON ; charset="utf-8"']) {
      assert.equal((await door.send(good, { headers: { 'Content-Type': type } })).status, door.good, type);
    }
  });

  test(`${name}: a body without a media type is not accepted`, async () => {
    const [method, path] = name.split(' ');
    expectProblem(await raw(method, path, { body: door.around('"x"'), headers: name.includes('orders') ? { Authorization: `Bearer ${waiter}` } : {} }),
      415, 'unsupported_media_type');
  });
}

test('keys that look alike are not the same', async () => {
  const problem = expectProblem(await post(stack, '/api/orders', { token: waiter, body: '{"é":1,"e\u0301":2,"A":3,"a":4,"a ":5}' }), 422, 'validation_failed');
  assert.deepEqual(problem.errors.filter((e) => e.code === 'unknown_field').map((e) => e.field), ['/é', '/e\u0301', '/A', '/a', '/a ']);
});

test('a duplicate key inside a line is found', async () => {
  const body = `{"order_type":"takeaway","items":[{"menu_item_id":"${roti}","quantity":1,"quan\\u0074ity":99}]}`;
  expectProblem(await post(stack, '/api/orders', { token: waiter, body }), 400, 'invalid_json');
});

test('a body of many unknown fields is refused, its faults counted to an end', async () => {
  const many = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`field_${i}`, i]));
  const problem = expectProblem(await post(stack, '/api/orders', { token: waiter, body: many }), 422, 'validation_failed');
  assert.ok(problem.errors.length >= 100);
  assert.equal((await post(stack, '/api/orders', { token: diner.token, body: { ...many, total: 1 } })).status, 403);
});

test('a token is looked at before the body', async () => {
  for (const body of ['{', 'x'.repeat(1000), '']) expectProblem(await post(stack, '/api/orders', { body }), 401, 'unauthenticated');
});

// ---- The other bodies

for (const [method, path, body] of [['PUT', '/api/orders/{id}', '{"status":"confirmed","status":"cancelled"}'], ['POST', '/api/orders/quote', '{"items":NaN}'],
  ['POST', '/api/auth/refresh', "{'refresh_token':'x'}"], ['POST', '/api/auth/logout', '{"a":1e999}'], ['POST', '/api/r/{slug}/sessions', '{"code":"\\u0000"}'],
  ['POST', '/api/r/{slug}/sessions/join', '{"pin":"1","p\\u0069n":"2"}'], ['POST', '/api/sessions/{id}/close', '{"force":true}}'],
  ['POST', '/api/sessions/{id}/pin', '{'], ['POST', '/api/tables/{id}/session', '[1']]) {
  test(`${method} ${path} is as strict`, async () => {
    const at = path.replace('{id}', diner.session.id).replace('{slug}', stack.slug);
    expectProblem(await call(stack, method, at, { token: manager, body }), 400, 'invalid_json');
    expectProblem(await call(stack, method, at, { token: manager, body: '{}', headers: { 'Content-Type': 'text/plain' } }), 415, 'unsupported_media_type');
    expectProblem(await call(stack, method, at, { token: manager, body: ' '.repeat(262_145) }), 413, 'body_too_large', { errors: false });
  });
}

test('GET and DELETE take no body', async () => {
  const headers = { Authorization: `Bearer ${manager}`, 'Content-Type': 'application/json' };
  const order = expectStatus(await post(stack, '/api/orders', { token: waiter, body: doors['POST /api/orders'].around('"x"') }), 201).json;
  for (const [method, path] of [['GET', '/api/orders'], ['GET', `/api/orders/${order.id}`], ['GET', '/health'], ['DELETE', `/api/menu/items/${order.items[0].menu_item_id}`]]) {
    for (const body of ['{}', '{', '{"status":"cancelled"}']) {
      expectProblem(await raw(method, path, { headers: { ...headers, 'Content-Length': body.length }, body }), 400, 'bad_request');
    }
    expectProblem(await raw(method, path, { headers: { ...headers, 'Content-Length': 1, 'Content-Type': 'text/plain' }, body: 'x' }), 415, 'unsupported_media_type');
    expectProblem(await raw(method, path, { headers: { ...headers, 'Content-Length': 262_145 }, body: ' '.repeat(262_145) }), 413, 'body_too_large', { errors: false });
  }
  expectStatus(await get(stack, `/api/menu/items/${order.items[0].menu_item_id}`, { token: manager }), 200); // it was not deleted
  assert.equal((await raw('GET', '/api/orders', { headers: { ...headers, 'Content-Length': 0 } })).status, 200);
});

// ---- Paths and methods

test('an unknown path is 404', async () => {
  for (const path of ['/api/', '/api/nothing', '/api/orders/', '/api/orders/1', '/api/orders/x/history', '/api/orders//', '/api//orders', '/API/orders', '/api/Orders',
    '/api/orders/quote/x', '/api/%6frders', '/api/orders%2Fquote', '/api/x/../orders', '/api/orders/..%2f..', '/api/r', '/api/r//menu', `/api/r/${stack.slug}`,
    '/api/auth', `/api/${'x'.repeat(2000)}`, `/api/${'x/'.repeat(200)}`]) {
    expectProblem(await raw('GET', path, { headers: { Authorization: `Bearer ${waiter}` } }), 404, 'not_found', { errors: false });
  }
});

test('the base path alone is 404, not a redirect', async () => {
  for (const method of ['GET', 'POST', 'HEAD']) assert.equal((await raw(method, '/api')).status, 404);
  expectProblem(await raw('GET', '/api'), 404, 'not_found', { errors: false });
});

test('an invalid path is malformed', async () => {
  for (const path of ['/api/orders/%00', '/api/orders/%', '/api/orders/%zz']) {
    expectProblem(await raw('GET', path, { headers: { Authorization: `Bearer ${waiter}` } }), 400, 'bad_request', { errors: false });
  }
});

test('paths outside of the API are 404', async () => {
  for (const path of ['/', '/index.html', '/.env', '/apix', '/health/', '/healthz', '/metrics/', '/events/x']) expectProblem(await get(stack, path), 404, 'not_found', { errors: false });
});

test('another restaurant\'s name, or none, is 404', async () => {
  for (const slug of ['nobody', stack.slug.toUpperCase(), `${stack.slug} `, '%F0%9F%8D%9B', "'%3B--"]) {
    const answer = await get(stack, `/api/r/${slug}/menu`);
    expectProblem(answer, 404, 'not_found', { errors: false });
  }
});

test('another method is 405 and says which are good', async () => {
  const id = diner.session.id;
  const table = [
    ['/api/orders', ['GET', 'HEAD', 'POST'], ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']],
    [`/api/orders/${id}`, ['GET', 'HEAD', 'PUT', 'DELETE'], ['POST', 'PATCH', 'OPTIONS']],
    [`/api/orders/${id}/history`, ['GET', 'HEAD'], ['POST', 'PUT', 'DELETE', 'PATCH']],
    ['/api/orders/quote', ['POST'], ['GET', 'PUT', 'DELETE']],
    ['/api/auth/login', ['POST'], ['GET', 'PUT', 'DELETE']],
    [`/api/r/${stack.slug}/menu`, ['GET', 'HEAD'], ['POST', 'PUT', 'DELETE']],
    [`/api/r/${stack.slug}/sessions`, ['POST'], ['GET', 'PUT']],
    ['/api/sessions/current', ['GET', 'HEAD'], ['POST', 'DELETE']],
    ['/health', ['GET', 'HEAD'], ['POST', 'DELETE']],
  ];
  for (const [path, good, bad] of table) {
    for (const method of bad) {
      for (const headers of [{}, { Authorization: `Bearer ${waiter}` }]) {
        const answer = await raw(method, path, { headers });
        expectProblem(answer, 405, 'method_not_allowed');
        assert.deepEqual(answer.headers.get('allow').split(', ').sort(), [...good].sort(), `${method} ${path}`);
      }
    }
  }
});

test('HEAD is GET without the body', async () => {
  const headers = { Authorization: `Bearer ${waiter}` };
  expectStatus(await post(stack, '/api/orders', { token: waiter, body: doors['POST /api/orders'].around('"x"') }), 201);
  const { data: [order] } = (await get(stack, '/api/orders?limit=1', { token: waiter })).json;
  for (const path of ['/api/orders', `/api/orders/${order.id}`, `/api/orders/${order.id}/history`, '/health', `/api/r/${stack.slug}/menu`, '/api/auth/me']) {
    // Others may change it, as health, which counts what waits for the mirror.
    const [full, head] = await until(`${path} stays as it is`, async () => {
      const both = [await raw('GET', path, { headers }), await raw('HEAD', path, { headers })];
      return (await raw('GET', path, { headers })).text === both[0].text && both;
    });
    assert.equal(head.status, 200, path);
    assert.equal(head.text, '');
    for (const name of ['content-type', 'etag', 'cache-control', 'content-length']) assert.equal(head.headers.get(name), full.headers.get(name), `${name} of ${path}`);
    assert.match(head.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
  }
  for (const [path, status] of [['/api/orders', 401], ['/api/nothing', 404], ['/nothing', 404], [`/api/orders/${diner.session.id}?x=1`, 401]]) {
    const head = await raw('HEAD', path);
    assert.equal(head.status, status, path);
    assert.equal(head.text, '');
    assert.equal(head.headers.get('content-type'), 'application/problem+json');
  }
  for (const path of ['/api/auth/login', '/api/orders/quote']) {
    const head = await raw('HEAD', path);
    assert.equal(head.status, 405);
    assert.equal(head.headers.get('allow'), 'POST');
  }
});

// ---- What the web server says by itself

const ofTheWebServer = {
  404: ['not_found', () => get(stack, '/nothing')],
  413: ['body_too_large', () => post(stack, '/api/orders', { token: waiter, body: ' '.repeat(262_145) })],
  405: ['method_not_allowed', () => raw('TRACE', '/api/orders')],
  414: ['uri_too_long', () => get(stack, `/${'x'.repeat(9000)}`)],
  431: ['headers_too_large', () => get(stack, '/health', { headers: { 'X-Long': 'x'.repeat(9000) } })],
};

for (const [status, [code, ask]] of Object.entries(ofTheWebServer)) {
  test(`the web server's own ${status} is a problem`, async () => {
    expectProblem(await ask(), Number(status), code, { errors: false });
  });
}

test('the web server\'s own problems have every member too', async () => {
  for (const [status, [code, ask]] of Object.entries(ofTheWebServer)) expectProblem(await ask(), Number(status), code);
});

// ---- After all that

test('ids of requests are all different, and a client\'s own is not taken over', async () => {
  const ids = new Set();
  for (let i = 0; i < 20; i++) ids.add((await get(stack, '/health', { headers: { 'X-Request-Id': 'mine' } })).headers.get('x-request-id'));
  assert.equal(ids.size, 20);
  assert.ok(!ids.has('mine'));
});

test('a problem is found in the log by its request id', async () => {
  const answer = await post(stack, '/api/orders', { token: waiter, body: '{' });
  const problem = expectProblem(answer, 400, 'invalid_json');
  assert.equal((await stack.accessLine(answer)).request_id, problem.request_id);
});

test('the system still works, and nothing failed within', async () => {
  expectStatus(await post(stack, '/api/orders', { token: waiter, body: doors['POST /api/orders'].around('"x"') }), 201);
  assert.deepEqual(stack.log().filter((line) => line.status === 500 || ['error', 'crit'].includes(line.level)), []);
});
