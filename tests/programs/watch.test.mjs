// orderzapctl watch: a restaurant's events at the command line.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expectStatus, lineOf, openSession, orderOf, post, readMenu } from '../api/lib/client.mjs';
import { buildDir, startStack } from '../api/lib/stack.mjs';
import { until } from '../api/lib/until.mjs';

const EX = { OK: 0, USAGE: 64, DATAERR: 65, CONFIG: 78 };
let stack, items, guest, theirs, theirItem;
before(async () => {
  stack = await startStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  items = (await readMenu(stack)).items.filter((i) => i.is_available);
  theirItem = (await readMenu(stack, 'caffe-lungarno')).items.find((i) => i.is_available);
  guest = await openSession(stack, 0);
  theirs = await openSession(stack, 0, { slug: 'caffe-lungarno' });
});
after(() => stack?.stop());

const place = async (from = guest, item = items[0]) => expectStatus(await post(stack, '/api/orders', { token: from.token, body: orderOf(lineOf(item)) }), 201).json;

/** A running watch: lines, errors, end(signal). */
async function watch(...args) {
  const child = spawn(join(buildDir, 'orderzapctl'), ['--config', stack.envFile, 'watch', '--restaurant', 'spice-garden', ...args]);
  let out = '', errors = '';
  child.stdout.on('data', (d) => { out += d; });
  child.stderr.on('data', (d) => { errors += d; });
  const ended = new Promise((done) => child.on('exit', (code, signal) => done(code ?? signal)));
  const self = { lines: () => out.split('\n').slice(0, -1), errors: () => errors, end: (signal) => { child.kill(signal); return ended; } };
  // It prints what happens after its first look: changes until it has looked.
  await until('it looks', async () => { await place(); return self.lines().length > 0; });
  return self;
}

test('a line an event, of that restaurant alone, until Ctrl-C', async () => {
  const w = await watch();
  const foreign = await place(theirs, theirItem), order = await place();
  const wanted = expectStatus(await post(stack, '/api/service-calls', { token: guest.token, body: { kind: 'other', message: 'a "b" status=none' } }), 201).json;
  await until('both', () => w.lines().some((l) => l.includes(order.id)) && w.lines().some((l) => l.includes(wanted.id)));
  for (const line of w.lines()) assert.match(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (order|service_call)\.(created|updated) \S/);
  const line = w.lines().find((l) => l.includes(order.id));
  assert.ok(line.includes(` order.created order_number=${order.order_number} status=pending total_amount=${order.total_amount} currency=INR payment_status=unpaid`), line);
  assert.ok(!w.lines().some((l) => l.includes(foreign.id)));
  const call = w.lines().find((l) => l.includes(wanted.id));
  assert.ok(call.includes('kind=other message="a \\"b\\" status=none" status=open'), call);
  assert.equal(new Set(w.lines()).size, w.lines().length);
  assert.equal(await w.end('SIGINT'), EX.OK);
  assert.equal(w.errors(), '');
});

test('--json: one object a line', async () => {
  const w = await watch('--json');
  const order = await place();
  await until('the order', () => w.lines().some((l) => l.includes(order.id)));
  const event = w.lines().map((l) => JSON.parse(l)).find((e) => e.resource.id === order.id);
  assert.deepEqual(Object.keys(event), ['time', 'id', 'type', 'resource']);
  assert.deepEqual([event.type, event.resource.total_amount], ['order.created', order.total_amount]);
  assert.equal(await w.end('SIGTERM'), EX.OK);
});

test('the database restarted: it says so and goes on', async () => {
  const w = await watch();
  await stack.cluster('stop', 'immediate');
  await until('a word', () => /cannot be read/.test(w.errors()));
  await stack.cluster('start');
  const order = await until('an order', async () => {
    const answer = await post(stack, '/api/orders', { token: guest.token, body: orderOf(lineOf(items[0])) });
    return answer.status === 201 && answer.json;
  });
  await until('the order', () => w.lines().some((l) => l.includes(order.id)));
  assert.equal(await w.end('SIGINT'), EX.OK);
});

test('what it refuses', async () => {
  const says = async (status, pattern, ...args) => {
    const result = await stack.ctl(['watch', ...args]);
    assert.equal(result.status, status, result.stderr);
    assert.match(result.stderr, pattern);
  };
  await says(EX.USAGE, /--restaurant must be given/);
  await says(EX.DATAERR, /restaurant 'nobody' not found/, '--restaurant', 'nobody');
  await says(EX.USAGE, /unknown/, '--restaurant', 'spice-garden', '--all');
  const without = await stack.ctl(['watch', '--restaurant', 'spice-garden'], { env: { RT_DIR: '' } });
  assert.equal(without.status, EX.CONFIG);
  assert.match(without.stderr, /RT_DIR/);
});
