// The statements of one order, as the product itself sends them: PostgreSQL's
// log of a real one. It names each prepared statement, which is the name of a
// file in sql/statements, and shows its parameters.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectStatus, post } from '../tests/api/lib/client.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function setLogging(stack, on) {
  stack.sql(on ? "ALTER SYSTEM SET log_statement = 'all'" : 'ALTER SYSTEM RESET log_statement');
  stack.sql('SELECT pg_reload_conf()');
}

// "$1 = 'it''s', $2 = NULL" to ["it's", null].
function readParameters(text) {
  return [...text.matchAll(/\$\d+ = (?:NULL|'((?:[^']|'')*)')/g)].map(([, value]) => value?.replaceAll("''", "'") ?? null);
}

// The log's entries of prepared statements: {process, name, parameters}.
function readLog(text) {
  const entries = [];
  // A line that begins with a tab goes on with the one before.
  for (const line of text.replace(/\n\t/g, ' ').split('\n')) {
    const [, process, kind, rest] = /^\S+ \S+ \S+ \[(\d+)\] (LOG|DETAIL): {2}(.*)$/.exec(line) ?? [];
    const [, name] = /^execute (\w+): /.exec(rest) ?? [];
    if (kind === 'LOG' && name !== undefined) entries.push({ process, name, parameters: [] });
    else if (kind === 'DETAIL' && rest.startsWith('parameters: ') && entries.at(-1)?.process === process)
      entries.at(-1).parameters = readParameters(rest);
  }
  return entries;
}

function transactionOf(entries, key) {
  const { process } = entries.find((e) => e.parameters.includes(key)) ?? {};
  const own = entries.filter((e) => e.process === process);
  const end = own.findIndex((e) => e.name === 'COMMIT');
  return process !== undefined && own[0].name === 'BEGIN' && end > 0 ? own.slice(0, end + 1) : undefined;
}

const placeOne = async (stack, place, body, key) =>
  expectStatus(await post(stack, '/api/orders', { token: place.token, key, body }), 201).json;

/** Places an order, not the day's first: {orderId, key, statements: [{name, parameters}]}. */
export async function recordOrder(stack, place, body) {
  await placeOne(stack, place, body, randomUUID());
  const logFile = join(stack.dir, 'postgresql/cluster.log');
  setLogging(stack, true);
  try {
    for (let i = 0; i < 5; i++) {
      await pause(300); // the servers' processes have read the setting
      const key = randomUUID().replaceAll('-', ''), from = readFileSync(logFile, 'utf8').length;
      const { id } = await placeOne(stack, place, body, key);
      await pause(200);
      const statements = transactionOf(readLog(readFileSync(logFile, 'utf8').slice(from)), key);
      if (statements !== undefined) return { orderId: id, key, statements };
    }
    throw new Error(`PostgreSQL's log shows no order; see ${logFile}`);
  } finally {
    setLogging(stack, false);
    await pause(300);
  }
}
