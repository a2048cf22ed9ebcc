// The statements of an order or of a read, as the product itself sends them:
// PostgreSQL's log of a real one. It names each prepared statement, which is the name of a
// file in sql/statements, and shows its parameters.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectStatus, get, post } from '../tests/api/lib/client.mjs';

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
  // A line that begins with a tab continues the one before.
  for (const line of text.replace(/\n\t/g, ' ').split('\n')) {
    const [, process, kind, rest] = /^\S+ \S+ \S+ \[(\d+)\] (LOG|DETAIL): {2}(.*)$/.exec(line) ?? [];
    const [, name] = /^execute (\w+): /.exec(rest) ?? [];
    if (kind === 'LOG' && name !== undefined) entries.push({ process, name, parameters: [] });
    else if (kind === 'DETAIL' && rest.startsWith('parameters: ') && entries.at(-1)?.process === process)
      entries.at(-1).parameters = readParameters(rest);
  }
  return entries;
}

// The transaction, from BEGIN to COMMIT, that contains the wanted entry.
function transactionOf(entries, isWanted) {
  const { process } = entries.find(isWanted) ?? {};
  const own = entries.filter((e) => e.process === process);
  const end = own.findIndex((e) => e.name === 'COMMIT');
  return process !== undefined && own[0].name.startsWith('BEGIN') && end > 0 ? own.slice(0, end + 1) : undefined;
}

/** Sends something until PostgreSQL's log shows its transaction: {answer, statements: [{name, parameters}]}. */
async function record(stack, send, isWanted) {
  const logFile = join(stack.dir, 'postgresql/cluster.log');
  setLogging(stack, true);
  try {
    for (let i = 0; i < 5; i++) {
      await pause(300); // the servers' processes have read the setting
      const from = readFileSync(logFile, 'utf8').length, answer = await send();
      await pause(200);
      const statements = transactionOf(readLog(readFileSync(logFile, 'utf8').slice(from)), isWanted);
      if (statements !== undefined) return { answer, statements };
    }
    throw new Error(`PostgreSQL's log does not show what was sent; see ${logFile}`);
  } finally {
    setLogging(stack, false);
    await pause(300);
  }
}

/** Places an order, not the day's first: {orderId, key, statements}. */
export async function recordOrder(stack, place, body) {
  let key;
  const send = async () => {
    key = randomUUID().replaceAll('-', '');
    return expectStatus(await post(stack, '/api/orders', { token: place.token, key, body }), 201).json;
  };
  await send();
  const { answer, statements } = await record(stack, send, (e) => e.parameters.includes(key));
  return { orderId: answer.id, key, statements };
}

/** The statements of a read, one of which is `name`. */
export async function recordRead(stack, path, token, name) {
  const send = async () => expectStatus(await get(stack, path, { token, documented: false }), 200);
  return (await record(stack, send, (e) => e.name === name)).statements;
}
