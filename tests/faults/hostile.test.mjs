// Live events among hostile connections, to the front and straight to rt, where
// nothing of the front protects it: nothing crashes, and all others hear exactly
// what is theirs.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { expectStatus, lineOf, openSession, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { listen, listenWs, rtMaster, rtWorker } from '../api/lib/listen.mjs';
import { childrenOf } from '../api/lib/processes.mjs';
import { random } from '../api/lib/random.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience } from '../api/lib/until.mjs';

const theirs = 'caffe-lungarno';

let stack, ours, there, waiter, listeners;
before(async () => {
  stack = await startStack({ mirror: false, settings: { SITE_EVENTS: 10000 } });
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  [ours, there] = [await restaurant('spice-garden'), await restaurant(theirs)];
  waiter = await tokenOf(stack, 'waiter');
  listeners = [
    { of: ours, by: await listen(stack, { token: waiter }) }, { of: ours, by: await listenWs(stack, { token: ours.guest.token }) },
    { of: there, by: await listenWs(stack, { token: await tokenOf(stack, 'waiter', theirs) }) }, { of: there, by: await listen(stack, { token: there.guest.token }) },
  ];
});
after(async () => {
  listeners?.forEach(({ by }) => by.close());
  await stack?.stop();
});

/** A restaurant with a guest at a table: place() orders, orders has what was ordered. */
async function restaurant(slug) {
  const guest = await openSession(stack, 0, { slug });
  const body = orderOf(lineOf((await readMenu(stack, slug)).items.find((i) => i.is_available)));
  const self = { id: stack.restaurant(slug).id, guest, orders: [] };
  self.place = async () => self.orders.push(expectStatus(await post(stack, '/api/orders', { token: guest.token, body }), 201).json.id);
  return self;
}

/** Random input that no client should send. */
function hostility({ below, from }) {
  const junk = (n) => randomBytes(1 + below(n)).toString('latin1').replaceAll(/[\r\n]/g, '?');
  const now = Math.floor(Date.now() / 1000);
  const ids = ['-1:-1', '0:0', `${now}:0`, `${now - 1}:[0]`, '9999999999999999999:9', '1:[0,1,2', '1:-5', 'x:y', '%00', '1_2_3', `${'1,'.repeat(300)}:1`, '', ':', '1:9999999999'];
  const dates = ['x', new Date(0).toUTCString(), new Date().toUTCString(), 'Thu, 01 Jan 1970 00:00:00 GMT, 5', '-1'];
  const frame = () => from([
    Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5, 6, 7, 8, 9]), // as it should be
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), // reserved bits, more than there is
    Buffer.from([0x89, 0x00]), Buffer.from([0x8a, 0x80, 0, 0, 0, 0]), // pings and pongs
    Buffer.from([0x81, 0x05, 0x68]), // not masked, cut short
    Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0xff, 0xff]), Buffer.from([0x88, 0x81, 0, 0, 0, 0, 1]), // closed with no such code
    Buffer.from([0x02, 0x7e]), Buffer.from([0x00, 0x80, 0, 0, 0, 0]), // a part of nothing
    Buffer.from([0x80, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), // 2^63 bytes
    Buffer.from('GET /sub/x HTTP/1.1\r\nHost: x\r\n\r\n'), randomBytes(1 + below(300))]);
  const webSocket = () => ['Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Version: ${from([13, 13, 13, 8, 'x'])}`,
    `Sec-WebSocket-Key: ${from([randomBytes(16).toString('base64'), randomBytes(16).toString('base64'), '', 'x'.repeat(below(2000))])}`];
  return {
    ids, junk,
    frames: () => Buffer.concat(Array.from({ length: 1 + below(5) }, frame)),
    request(path, more) {
      const lines = [`${below(4) ? 'GET' : from(['POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'X'])} ${path} HTTP/1.${below(10) ? 1 : 0}`, 'Host: localhost', ...more];
      if (below(2)) lines.push(...webSocket());
      if (below(4) === 0) lines.push(`Sec-WebSocket-Protocol: ${from(['ws+meta.nchan', 'x', junk(100)])}`, 'Sec-WebSocket-Extensions: permessage-deflate; x');
      lines.push(`Accept: ${from(['text/event-stream', 'text/event-stream', '*/*', 'multipart/mixed', 'application/json', junk(100)])}`);
      if (below(8) === 0) lines.push(`If-None-Match: ${from(ids)}`);
      if (below(2)) lines.push(`Last-Event-ID: ${from(ids)}`);
      if (below(8) === 0) lines.push(`If-Modified-Since: ${from(dates)}`);
      if (below(10) === 0) lines.push('Transfer-Encoding: chunked', 'Content-Length: 5');
      const text = `${lines.join('\r\n')}\r\n\r\n`;
      return below(10) === 0 ? text.slice(0, below(text.length)) : text;
    },
  };
}

/** What came back, over all: answers by status, events of ours, and whatever is not ours. */
const seen = () => ({ statuses: {}, events: 0, foreign: '' });

/** One connection: the request, frames before or after the answer, and an end, polite or not. */
function attack(socket, text, { below }, { frames }, all) {
  return new Promise((done) => {
    let came = '';
    const rude = below(2), timers = [setTimeout(() => socket.destroy(), 500 * patience)];
    const go = () => timers.push(setTimeout(() => socket.write(frames()), below(20)),
      setTimeout(() => (rude ? socket.destroy() : socket.end()), below(80)));
    if (below(4) === 0) go();
    else socket.once('data', go);
    socket.on('data', (d) => { came += d.toString('latin1'); });
    socket.on('error', () => {});
    socket.on('close', () => {
      timers.forEach(clearTimeout);
      const status = /^HTTP\/1\.[01] (\d+)/.exec(came)?.[1] ?? 'none';
      all.statuses[status] = (all.statuses[status] ?? 0) + 1;
      if (came.includes(`"restaurant_id":"${ours.id}"`)) all.events++;
      if (came.includes(there.id)) all.foreign += came;
      done();
    });
    socket.write(text, 'latin1');
  });
}

/** `n` attacks, `width` at a time. */
const many = (n, width, one) => Promise.all(Array.from({ length: width }, async () => { while (n-- > 0) await one(); }));

// Without the loader of its cache, which ends by itself after a minute.
const nginxWorkers = () => childrenOf(Number(readFileSync(join(stack.dir, 'nginx/nginx.pid'), 'utf8')))
  .filter((pid) => !readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('cache loader'));

test('41,000 hostile connections: no crash, and all hear exactly what is theirs', async (t) => {
  const dice = random(t), { below, from } = dice, bad = hostility(dice);
  const processes = () => [rtMaster(stack), rtWorker(stack), ...nginxWorkers()];
  const before = processes(), sub = join(stack.dir, 'run-rt/sub.sock');
  const toRt = seen(), toFront = seen();
  const rtPaths = () => from([`/sub/r.${ours.id}`, `/sub/r.${ours.id}`, `/sub/s.${ours.guest.session.id}`, `/sub/s.${randomUUID()}`, `/sub/r.${ours.id}?last_event_id=${encodeURIComponent(from(bad.ids))}`,
    `/sub/r.${ours.id}?tag=${from(bad.ids)}&time=${below(1e10)}`, `/sub/r.${ours.id},r.${there.id}`, `/sub/r.${ours.id}/r.${there.id}`, `/sub/r.${ours.id}%00r.${there.id}`, `/sub/x.${there.id}`, `/sub/r.${'-'.repeat(36)}`,
    `/pub/r.${there.id}`, `/sub/${bad.junk(50)}`, `/sub/r.${ours.id}?${'a'.repeat(below(7000))}`]);
  const frontPaths = () => from(['/events', '/events', `/events?last_event_id=${encodeURIComponent(from(bad.ids))}`, `/events?channel=r.${there.id}`, `/sub/r.${there.id}`, `/pub/r.${there.id}`, `/events/../pub/r.${there.id}`,
    `/events?ticket=${encodeURIComponent(bad.junk(300))}`, '/events%00', `/events?${'a'.repeat(below(7000))}`]);
  const tokens = () => (below(5) ? [`Authorization: Bearer ${from([waiter, waiter, ours.guest.token, 'x'])}`] : []);
  let done = false;
  const business = (async () => { while (!done) await Promise.all([ours.place(), there.place(), sleep(200)]); })();
  const started = performance.now();
  const atRt = (n) => many(n, 250, () => attack(connect(sub), bad.request(rtPaths(), []), dice, bad, toRt));
  const secureContext = createSecureContext(); // one for all: to make it takes longer than a handshake
  const toTls = () => connectTls({ port: stack.port, host: '127.0.0.1', rejectUnauthorized: false, secureContext });
  const atFront = (n) => many(n, 40, () => attack(toTls(), bad.request(frontPaths(), tokens()), dice, bad, toFront));
  await Promise.all([atRt(38000), atFront(3000)]);
  // They are to get far enough: streams and sockets are opened and hear what all may hear, the rest is refused.
  const isEnough = (all) => [200, 101, 400, 404].every((status) => all.statuses[status] > 10) && all.events > 10;
  for (let i = 0; i < 10 && !isEnough(toRt); i++) await atRt(1000);
  for (let i = 0; i < 10 && !isEnough(toFront); i++) await atFront(500);
  t.diagnostic(`${Math.round((performance.now() - started) / 1000)} s; rt ${JSON.stringify(toRt)}; front ${JSON.stringify(toFront)}`);
  done = true;
  await business;
  await Promise.all([ours.place(), there.place()]);

  assert.deepEqual(processes(), before, 'a process of nginx has crashed');
  assert.doesNotMatch(readFileSync(join(stack.dir, 'run-rt/error.log'), 'utf8'), /exited on signal/);
  assert.equal(toRt.foreign + toFront.foreign, '');
  for (const all of [toRt, toFront]) assert.ok(isEnough(all), JSON.stringify(all));
  for (const { of, by } of listeners) {
    await by.hears('the last order', (e) => e.resource.id === of.orders.at(-1));
    assert.ok(!by.ended);
    assert.deepEqual(by.events.filter((e) => e.type === 'order.created').map((e) => e.resource.id).sort(), of.orders.toSorted());
    assert.ok(by.events.every((e) => e.restaurant_id === of.id));
  }
});
