// The front: TLS, redirects, headers, CORS, limits, and what clients meet when
// no worker is behind it. With the real limits.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lineOf, newKey, openSession, orderOf, readMenu } from '../api/lib/client.mjs';
import { isGone } from '../api/lib/processes.mjs';
import { buildDir, startStack } from '../api/lib/stack.mjs';

const ORIGINS = ['https://order.example.com', 'https://pos.example.com:8443'];
const menuPath = '/api/r/spice-garden/menu';

let stack;
let asha;
let items;
before(async () => {
  stack = await startStack({ limits: 'real', settings: { CORS_ORIGINS: ORIGINS.join(',') } });
  asha = await openSession(stack, 0);
  ({ items } = await readMenu(stack));
});
after(() => stack?.stop());

const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
after(() => agent.destroy());

/** A request as it is given, path and all: {status, headers, text, json}. */
function raw(method, path, { headers = {}, body, chunked = false, plain = false, port, host = 'localhost' } = {}) {
  const all = { ...headers };
  if (body !== undefined && !chunked) all['Content-Length'] ??= Buffer.byteLength(body);
  if (body !== undefined) all['Content-Type'] ??= 'application/json';
  const module = plain ? http : https;
  return new Promise((done, failed) => {
    const request = module.request({
      host, port: port ?? stack.port, method, path, headers: all, agent: plain ? undefined : agent, rejectUnauthorized: false,
    }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part)).on('error', failed).on('end', () => {
        const text = Buffer.concat(parts).toString();
        let json;
        try {
          json = JSON.parse(text);
        } catch {
          json = undefined;
        }
        done({ status: response.statusCode, headers: response.headers, text, json });
      });
    });
    request.once('error', failed);
    request.setTimeout(30000, () => request.destroy(new Error('no answer in 30 s')));
    if (body !== undefined) request.write(body);
    request.end();
  });
}

function isProblem(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.code, code);
  for (const field of ['type', 'title', 'detail']) assert.equal(typeof answer.json[field], 'string', field);
  assert.equal(answer.json.request_id, answer.headers['x-request-id']);
  hasSecurityHeaders(answer);
}

function hasSecurityHeaders({ headers }) {
  assert.match(headers['x-request-id'], /^[0-9a-f]{32}$/);
  assert.equal(headers['strict-transport-security'], 'max-age=31536000');
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  assert.match(headers.vary ?? '', /\bOrigin\b/);
  assert.ok(headers['cache-control']);
  assert.equal(headers.server, 'nginx');
  assert.equal(headers['x-powered-by'], undefined);
  assert.equal(headers['x-accel-expires'], undefined);
}

function handshake(options) {
  return new Promise((done, failed) => {
    const socket = tls.connect({ host: 'localhost', port: stack.port, servername: 'localhost', rejectUnauthorized: false, ...options },
      () => {
        const result = { protocol: socket.getProtocol(), alpn: socket.alpnProtocol, cipher: socket.getCipher().standardName };
        socket.destroy();
        done(result);
      });
    socket.once('error', failed);
  });
}

test('TLS 1.2 and 1.3 are spoken, with ephemeral keys', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const { protocol, cipher } = await handshake({ minVersion: version, maxVersion: version });
    assert.equal(protocol, version);
    assert.match(cipher, version === 'TLSv1.2' ? /^TLS_ECDHE_.*(GCM|CHACHA20)/ : /^TLS_(AES|CHACHA20)/);
  }
});

test('TLS 1.0 and 1.1 are refused, and so is a cipher without forward secrecy', async () => {
  for (const version of ['TLSv1', 'TLSv1.1'])
    await assert.rejects(handshake({ minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' }),
      (error) => /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/.test(error.code), version);
  await assert.rejects(handshake({ maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }), /HANDSHAKE_FAILURE|handshake failure/i);
});

test('HTTP/2 by ALPN, HTTP/1.1 for those who do not know it', async () => {
  assert.equal((await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).alpn, 'h2');
  assert.equal((await handshake({ ALPNProtocols: ['http/1.1'] })).alpn, 'http/1.1');
  const client = http2.connect(stack.url, { rejectUnauthorized: false });
  try {
    const answers = await Promise.all(['/health', menuPath, '/nothing'].map((path) => new Promise((done, failed) => {
      const stream = client.request({ ':path': path });
      let headers;
      let text = '';
      stream.on('response', (h) => { headers = h; }).setEncoding('utf8').on('data', (part) => { text += part; })
        .on('end', () => done({ status: headers[':status'], headers, text, json: JSON.parse(text) })).on('error', failed);
    })));
    assert.deepEqual(answers.map((a) => a.status), [200, 200, 404]);
    for (const answer of answers) hasSecurityHeaders(answer);
    isProblem(answers[2], 404, 'not_found');
  } finally {
    client.close();
  }
});

test('plain HTTP is sent to TLS, with path and query', async () => {
  for (const [method, path] of [['GET', '/api/r/spice-garden/menu?a=b&c=%20d'], ['POST', '/api/orders'], ['GET', '/'], ['HEAD', '/x%2fy']]) {
    const answer = await raw(method, path, { plain: true, port: stack.port + 1, ...(method === 'POST' ? { body: '{}' } : {}) });
    assert.equal(answer.status, 308, path);
    assert.equal(answer.headers.location, `https://localhost:${stack.port}${path}`);
    assert.equal(answer.headers['strict-transport-security'], undefined, 'not over plain HTTP');
  }
});

test('plain HTTP to the port of TLS is a problem, not an answer', async () => {
  const answer = await raw('GET', '/health', { plain: true });
  assert.equal(answer.status, 400);
  assert.match(answer.headers['content-type'], /^application\/problem\+json/);
  assert.equal(answer.json.code, 'bad_request');
});

test('headers of answers that are good', async () => {
  for (const path of ['/health', menuPath]) {
    const answer = await raw('GET', path);
    assert.equal(answer.status, 200);
    hasSecurityHeaders(answer);
    assert.match(answer.headers['content-type'], /^application\/json/);
  }
  assert.equal((await raw('GET', '/health')).headers['cache-control'], 'no-store');
  const mine = await raw('GET', '/health', { headers: { 'X-Request-Id': 'mine', 'Request-Id': 'mine' } });
  assert.notEqual(mine.headers['x-request-id'], 'mine');
});

test('what nginx cannot route and what the worker cannot, are the same 404', async () => {
  for (const path of ['/', '/nothing', '/favicon.ico', '/index.html', '/health/', '/healthz', '/.env', '/.git/config',
    '/api/', '/apix', '/api/nothing', '/api/orders/', '/api/r/spice-garden', '/api/r/spice-garden/menu/x', '/metrics/x']) {
    isProblem(await raw('GET', path), 404, 'not_found');
  }
});

test('the base path without its slash is a 404 too', async () => {
  isProblem(await raw('GET', '/api'), 404, 'not_found');
});

test('encoded, doubled and dotted paths lead nowhere', async () => {
  for (const path of ['/api/r/spice-garden/%6denu', '/%61pi/orders', '/api/auth/%6cogin', '/api/r/spice-garden/sessions%2fjoin',
    '/api/r/spice-garden/./menu', '/api/../health', '/api/r/x/../spice-garden/menu', '//health', '/api//orders', '/api/r//menu',
    '/./health', '/api/orders/%2e%2e/tables', '/health%20', '/api/r/spice-garden/menu%3Fa=b']) {
    for (const method of ['GET', 'POST']) {
      const answer = await raw(method, path, method === 'POST' ? { body: '{}' } : {});
      isProblem(answer, 404, 'not_found');
    }
  }
  const nul = await raw('GET', '/health%00');
  assert.ok([400, 404].includes(nul.status));
});

test('a method that nobody takes: 405 with Allow', async () => {
  for (const [method, path] of [['TRACE', '/api/orders'], ['TRACE', '/health'], ['DELETE', menuPath], ['PUT', '/health']]) {
    const answer = await raw(method, path);
    isProblem(answer, 405, 'method_not_allowed');
    assert.match(answer.headers.allow, /GET/);
  }
});

test('413 for a body over 256 KiB, with and without its length said', async () => {
  const authorized = { Authorization: `Bearer ${asha.token}` };
  const large = 'x'.repeat(262145);
  isProblem(await raw('POST', '/api/orders', { headers: authorized, body: large }), 413, 'body_too_large');
  isProblem(await raw('POST', '/api/orders', { headers: authorized, body: large, chunked: true }), 413, 'body_too_large');
  const most = `{"notes":"${'x'.repeat(262144 - 12)}"}`;
  for (const chunked of [false, true]) {
    const answer = await raw('POST', '/api/orders', { headers: authorized, body: most, chunked });
    assert.equal(Buffer.byteLength(most), 262144);
    assert.notEqual(answer.status, 413);
    assert.equal(answer.status, 422, answer.text);
  }
});

test('414 for a long address, 431 for large headers', async () => {
  isProblem(await raw('GET', `/api/orders?cursor=${'x'.repeat(9000)}`), 414, 'uri_too_long');
  isProblem(await raw('GET', '/health', { headers: { 'X-Large': 'x'.repeat(9000) } }), 431, 'headers_too_large');
  const many = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`X-Large-${i}`, 'x'.repeat(5000)]));
  isProblem(await raw('GET', '/health', { headers: many }), 431, 'headers_too_large');
});

test('CORS: the listed origins may ask and read', async () => {
  for (const origin of ORIGINS) {
    const asked = await raw('OPTIONS', '/api/orders', { headers: {
      Origin: origin, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,idempotency-key' } });
    assert.equal(asked.status, 204);
    assert.equal(asked.text, '');
    assert.equal(asked.headers['access-control-allow-origin'], origin);
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
      assert.ok(asked.headers['access-control-allow-methods'].includes(method), method);
    for (const header of ['authorization', 'content-type', 'idempotency-key', 'if-match'])
      assert.ok(asked.headers['access-control-allow-headers'].toLowerCase().includes(header), header);
    assert.ok(Number(asked.headers['access-control-max-age']) > 0);
    for (const [method, path, status] of [['GET', '/health', 200], ['GET', menuPath, 200], ['GET', '/api/orders', 401], ['GET', '/nothing', 404]]) {
      const answer = await raw(method, path, { headers: { Origin: origin } });
      assert.equal(answer.status, status);
      assert.equal(answer.headers['access-control-allow-origin'], origin, path);
      for (const header of ['ETag', 'Location', 'X-Request-Id', 'Retry-After', 'Idempotent-Replayed'])
        assert.ok(answer.headers['access-control-expose-headers'].includes(header), header);
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
      assert.match(answer.headers.vary, /\bOrigin\b/);
    }
  }
});

test('CORS: a foreign origin gets nothing, nor does one that looks alike', async () => {
  for (const origin of ['https://evil.example', 'http://order.example.com', 'https://order.example.com.evil.example',
    'https://evil-order.example.com', 'https://orderXexample.com', 'https://order.example.com:444', 'https://pos.example.com',
    'https://ORDER.example.com', 'null', '*', undefined]) {
    const headers = origin === undefined ? {} : { Origin: origin };
    for (const answer of [
      await raw('GET', '/health', { headers }), await raw('GET', menuPath, { headers }),
      await raw('OPTIONS', '/api/orders', { headers: { ...headers, 'Access-Control-Request-Method': 'POST' } })]) {
      assert.deepEqual(Object.keys(answer.headers).filter((h) => h.startsWith('access-control-')), [], String(origin));
      assert.match(answer.headers.vary, /\bOrigin\b/);
    }
  }
});

test('a dining room is one address: 200 requests at once are not limited', async () => {
  const authorized = { Authorization: `Bearer ${asha.token}` };
  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) =>
    (i % 2 ? raw('GET', menuPath) : raw('GET', '/api/orders', { headers: authorized }))));
  assert.deepEqual([...new Set(answers.map((a) => a.status))], [200]);
});

/** As many requests as one connection takes without waiting for an answer: their status lines and headers. */
function pipelined(n, request) {
  return new Promise((done, failed) => {
    let out = '';
    const socket = tls.connect({ host: 'localhost', port: stack.port, rejectUnauthorized: false }, () => {
      const one = `${request}\r\nHost: localhost\r\n`;
      socket.write(`${one}\r\n`.repeat(n - 1) + `${one}Connection: close\r\n\r\n`);
    });
    socket.setEncoding('latin1').on('data', (part) => { out += part; }).on('error', failed)
      .on('close', () => done(out.split(/^(?=HTTP\/1\.1 )/m)));
  });
}

test('the limit for everything else takes effect after some 1000 at once', async () => {
  await sleep(1000); // what came before is forgotten
  await raw('GET', menuPath);
  const answers = (await Promise.all(Array.from({ length: 8 }, () => pipelined(500, `HEAD ${menuPath} HTTP/1.1`)))).flat();
  assert.equal(answers.length, 4000);
  const passed = answers.filter((a) => a.startsWith('HTTP/1.1 200'));
  const limited = answers.filter((a) => a.startsWith('HTTP/1.1 429'));
  assert.equal(passed.length + limited.length, 4000);
  assert.ok(passed.length >= 950 && limited.length > 0, `${passed.length} passed`);
  for (const answer of limited) {
    assert.match(answer, /^Retry-After: [1-9]/mi);
    assert.match(answer, /^Content-Type: application\/problem\+json/mi);
  }
  await sleep(1000 * Number(/^Retry-After: (\d+)/mi.exec(limited[0])[1]));
  assert.equal((await raw('GET', menuPath)).status, 200);
  await sleep(3000); // for the tests after this one
});

test('joining is limited to some 20 at once: 429 with Retry-After, then again', async () => {
  const path = '/api/r/spice-garden/sessions/join';
  const join30 = () => raw('POST', path, { body: JSON.stringify({ code: asha.code, pin: asha.pin, display_name: 'Bela' }) });
  const start = performance.now(), answers = await Promise.all(Array.from({ length: 30 }, join30));
  const most = 22 + 2 * (performance.now() - start) / 1000; // 20 at once, two more a second
  const joined = answers.filter((a) => a.status === 200);
  const limited = answers.filter((a) => a.status === 429);
  assert.equal(joined.length + limited.length, 30, answers.map((a) => a.status).join(' '));
  assert.ok(joined.length >= 12 && joined.length <= most, `${joined.length} let in`);
  for (const answer of limited) {
    isProblem(answer, 429, 'rate_limited');
    assert.ok(Number(answer.headers['retry-after']) >= 1);
  }
  for (const answer of joined) hasSecurityHeaders(answer);
  // The other doors share the limit; the rest is open.
  const login = await Promise.all(Array.from({ length: 30 }, () => raw('POST', '/api/auth/login',
    { body: JSON.stringify({ restaurant: 'spice-garden', email: 'owner@spice-garden.example', password: 'wrong' }) })));
  assert.ok(login.some((a) => a.status === 429), 'signing in is behind the same limit');
  const back = await Promise.all(Array.from({ length: 5 }, () => raw('POST', '/api/r/spice-garden/sessions/resume', { body: '{"code":"x"}' })));
  assert.ok(back.some((a) => a.status === 429), 'coming back with a code is, too');
  assert.equal((await raw('GET', menuPath)).status, 200);
  await sleep(1000 * Number(limited[0].headers['retry-after']) + 200);
  assert.equal((await join30()).status, 200);
});

test('metrics: the loopback reaches the workers', async () => {
  const answer = await raw('GET', '/metrics');
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.text, /^orderzap_build_info\{/m);
  hasSecurityHeaders(answer);
});

test('metrics: another address is refused', async () => {
  const address = Object.values(networkInterfaces()).flat().find((i) => !i.internal && i.family === 'IPv4')?.address;
  if (address === undefined) {
    // A machine without any: the rule is all there is to look at.
    const site = readFileSync(join(stack.dir, 'nginx/site.conf'), 'utf8');
    assert.match(site, /location = \/metrics \{\s+allow 127\.0\.0\.1;\s+allow ::1;\s+deny all;/);
    return;
  }
  isProblem(await raw('GET', '/metrics', { host: address }), 403, 'forbidden');
});

const masterPid = () => Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));

test('no worker behind nginx: 503 overloaded with Retry-After, menus from the cache', async () => {
  assert.equal((await raw('GET', menuPath, { headers: { 'Accept-Encoding': 'identity' } })).status, 200);
  const master = masterPid();
  process.kill(master, 'SIGTERM');
  for (let i = 0; i < 400 && !isGone(master); i++) await sleep(25);
  const key = newKey();
  const order = () => raw('POST', '/api/orders', {
    headers: { Authorization: `Bearer ${asha.token}`, 'Idempotency-Key': key },
    body: JSON.stringify(orderOf(lineOf(items.find((i) => i.is_available)))) });
  try {
    for (const answer of [await raw('GET', '/health'), await raw('GET', '/api/orders'), await order(),
      await raw('GET', '/api/r/caffe-lungarno/menu')]) {
      isProblem(answer, 503, 'overloaded');
      assert.ok(Number(answer.headers['retry-after']) >= 1);
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
    const listed = await raw('GET', '/health', { headers: { Origin: ORIGINS[0] } });
    assert.equal(listed.headers['access-control-allow-origin'], ORIGINS[0], 'a page can read the refusal too');
    isProblem(await raw('GET', '/nothing'), 404, 'not_found');
    const menu = await raw('GET', menuPath, { headers: { 'Accept-Encoding': 'identity' } });
    assert.equal(menu.status, 200);
    hasSecurityHeaders(menu);
  } finally {
    await new Promise((done, failed) => {
      execFile(join(buildDir, 'orderzapd'), ['--config', stack.envFile], { timeout: 20000 },
        (error, stdout, stderr) => (error ? failed(new Error(stderr)) : done()));
    });
  }
  for (let i = 0; i < 100 && (await raw('GET', '/health')).status !== 200; i++) await sleep(50);
  assert.equal((await order()).status, 201);
});

test('bytes that are no HTTP do no harm', async () => {
  for (const bytes of [randomBytes(300), Buffer.from('GET /health HTTP/9.9\r\n\r\n'), Buffer.from('GET\r\n\r\n'),
    Buffer.from('POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n'),
    Buffer.from('POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    Buffer.from('POST /api/orders HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n')]) {
    const text = await new Promise((done) => {
      let out = '';
      const socket = tls.connect({ host: 'localhost', port: stack.port, rejectUnauthorized: false }, () => socket.write(bytes));
      socket.setEncoding('latin1').on('data', (part) => { out += part; }).on('close', () => done(out)).on('error', () => {});
      socket.setTimeout(5000, () => socket.destroy());
    });
    const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
    assert.ok(['400', '501', '505'].includes(status), `${JSON.stringify(bytes.toString('latin1').slice(0, 60))}: ${text.slice(0, 200)}`);
    assert.match(text, /application\/problem\+json/);
  }
  assert.equal((await raw('GET', '/health')).status, 200);
});
