// Receipts are numbered without gaps, whoever dies and whatever fails between taking a number and storing
// what it is for.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, lineOf, newKey, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { workersOf } from '../api/lib/processes.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const AT_ONCE = 40;

let stack, token, manager, item;
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: 4, DATABASE_POOL_MAX: 12 } });
  token = await tokenOf(stack, 'waiter');
  manager = await tokenOf(stack, 'manager');
  item = (await readMenu(stack)).items.find((i) => i.is_available);
});
after(() => stack?.stop());

const workers = () => workersOf(Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8')));
const placed = async () => expectStatus(await post(stack, '/api/orders', { token, body: { ...orderOf(lineOf(item)), order_type: 'takeaway' } }), 201).json;
const issue = (order) => post(stack, `/api/orders/${order.id}/receipts`, { token, key: newKey(), documented: false });
const numbers = (kind) => stack.sql(`SELECT number FROM receipts WHERE kind = '${kind}' AND restaurant_id = '${stack.restaurant().id}' ORDER BY issued_at, number`).map(([n]) => Number(n));

/** Asks for an order's receipt until it has one. */
async function untilIssued(order) {
  for (const deadline = Date.now() + 90000 * patience; Date.now() < deadline; await sleep(50)) {
    const answer = await issue(order).catch((error) => ({ status: 0, text: String(error) }));
    if (answer.status === 201 || (answer.status === 409 && answer.json.code === 'already_receipted')) return;
    assert.ok([0, 409, 500, 503, 504].includes(answer.status), answer.text);
  }
  assert.fail('never issued');
}

function expectNoGaps(kind, n) {
  assert.deepEqual(numbers(kind), Array.from({ length: n }, (_, i) => i + 1)); // in the order of their times
  assert.equal(stack.sqlValue(`SELECT last_number FROM receipt_counters WHERE kind = '${kind}' AND restaurant_id = '${stack.restaurant().id}'`), String(n));
}

test(`${AT_ONCE} at once, of which some fail and some die, are numbered without gaps`, async () => {
  const orders = await Promise.all(Array.from({ length: AT_ONCE }, placed));
  // What fails has taken a number: at the end of the statement, or at the commit.
  stack.sql(`CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF random() < 0.3 THEN RAISE EXCEPTION 'as the test wants it'; END IF;
        RETURN NULL;
      END $$;
    CREATE TRIGGER fails_at_once AFTER INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION fails();
    CREATE CONSTRAINT TRIGGER fails_late AFTER INSERT ON receipts INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fails()`);
  const asked = Promise.all(orders.map(untilIssued));
  for (let i = 0; i < 6; i++) {
    await sleep(80);
    try {
      process.kill(workers()[0], 'SIGKILL');
    } catch {
      // It was faster.
    }
  }
  await asked;
  stack.sql('DROP TRIGGER fails_at_once ON receipts; DROP TRIGGER fails_late ON receipts; DROP FUNCTION fails()');
  expectNoGaps('receipt', AT_ONCE);
  assert.equal(stack.sqlValue(`SELECT count(DISTINCT order_id) FROM receipt_orders WHERE restaurant_id = '${stack.restaurant().id}'`), String(AT_ONCE));
  assert.ok(stack.log().some((l) => l.msg === 'database error' && /as the test wants it/.test(l.error)), 'none failed');
});

test('the number of a worker that is killed with it is the next one\'s', async () => {
  const [first, second] = [await placed(), await placed()];
  const held = await hold(stack, `SELECT FROM staff WHERE role = 'waiter' AND restaurant_id = '${stack.restaurant().id}' FOR UPDATE`); // the receipt refers to it, after its number
  const lost = issue(first).catch(() => null);
  await until('it waits, with a number', () => held.waiting() === 1);
  const waits = issue(second).catch(() => null);
  await until('the next one waits for its number', () => held.waiting() === 2);
  const pids = stack.sql(`SELECT client_port FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
  assert.equal(pids.length, 2);
  for (const pid of workers()) process.kill(pid, 'SIGKILL'); // all, since nobody can see from outside which it is
  await lost;
  await waits;
  await held.end();
  await until('they are gone', () => stack.sqlValue("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") === '0');
  await untilIssued(second);
  await untilIssued(first);
  expectNoGaps('receipt', AT_ONCE + 2);
});

test('credit notes have a series of their own, without gaps', async () => {
  const orders = await Promise.all(Array.from({ length: AT_ONCE }, placed));
  await Promise.all(orders.map(untilIssued));
  const cancelled = await Promise.all(orders.map((order) => post(stack, `/api/orders/${order.id}/adjustments`, { token: manager, body: { kind: 'comp', item_id: order.items[0].id, reason: 'cold' } })));
  for (const answer of cancelled) expectStatus(answer, 201);
  expectNoGaps('receipt', 2 * AT_ONCE + 2);
  expectNoGaps('credit_note', AT_ONCE);
});
