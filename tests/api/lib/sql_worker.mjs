// The thread of sql.mjs that talks to PostgreSQL while the test waits.
import { workerData } from 'node:worker_threads';
import { packages } from './paths.mjs';

const { url, port, state, lockTimeout } = workerData;
const types = { getTypeParser: () => (text) => text };

let client;

async function connect() {
  const { Client } = packages('pg'); // here, so that its absence is an answer, too
  const made = new Client({ connectionString: url, application_name: 'tests', lock_timeout: lockTimeout, types });
  made.on('error', () => { if (client === made) client = undefined; }); // PostgreSQL ended it
  await made.connect();
  client = made;
}

async function ask(query) {
  if (client === undefined) await connect();
  const answers = await client.query({ text: query, rowMode: 'array' });
  return [answers].flat().flatMap(({ rows }) => rows.map((row) => row.map((value) => value ?? '')));
}

/** What the query has set, held or left open ends with it, and what it has read is counted, as with a psql. */
async function forget() {
  try {
    await client?.query('ROLLBACK');
    await client?.query('DISCARD ALL');
    await client?.query('SELECT pg_stat_force_next_flush()');
  } catch {
    client = undefined;
  }
}

port.on('message', async (query) => {
  let answer;
  try {
    answer = { rows: await ask(query) };
  } catch (error) {
    answer = { error: `${error.severity ?? 'ERROR'}: ${error.message}` };
  }
  await forget();
  port.postMessage(answer);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
});
