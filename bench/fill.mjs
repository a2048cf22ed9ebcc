// Fills a system with the past of many restaurants as fast as the machine
// allows: several connections, and meanwhile no fsync and no indexes. When it is
// done, everything is as durable and tidy as before, and checked.
import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { endPast, fillPast, preparePast } from './past.mjs';
import { addRestaurants } from './restaurants.mjs';
import { checkNumbers } from './rows.mjs';

const chunk = 20000; // copies in one transaction
const bytesAnOrder = 3000; // with some to spare
const running = new Set();

/** Ends what runs, when the bench is interrupted. */
export const stopFilling = () => running.forEach((child) => child.kill('SIGTERM'));

function runSql(stack, sql) {
  return new Promise((done, failed) => {
    const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', stack.database_url], { stdio: ['pipe', 'ignore', 'pipe'] });
    running.add(child);
    let errors = '';
    child.stderr.on('data', (data) => { errors += data; });
    child.stdin.on('error', () => {}); // it tells by its status
    child.once('error', failed).once('close', (status) => {
      running.delete(child);
      if (status === 0) done();
      else failed(new Error(`psql failed (${status}): ${errors}`));
    });
    child.stdin.end(`SET client_min_messages = warning;\n${sql}`);
  });
}

// Runs all, as many at once as there are cores.
async function runAll(stack, statements, progress) {
  const waiting = [...statements];
  let done = 0;
  const worker = async () => {
    for (let sql; (sql = waiting.shift()) !== undefined;) {
      await runSql(stack, sql);
      progress?.(++done / statements.length);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

// A progress bar on a terminal, otherwise a line now and then.
function progressBar(what) {
  const started = Date.now(), terminal = process.stdout.isTTY;
  let said = started;
  return (share) => {
    const text = `${what}: ${Math.floor(share * 100)} %, ${Math.round((Date.now() - started) / 1000)} s`;
    if (terminal) process.stdout.write(`\r[${'#'.repeat(share * 40).padEnd(40)}] ${text}${share === 1 ? '\n' : ''}`);
    else if (share === 1 || Date.now() - said > 5000) {
      said = Date.now();
      console.log(text);
    }
  };
}

const hurried = {
  fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_wal_size: "'2GB'", checkpoint_timeout: "'1h'",
  autovacuum: 'off', maintenance_work_mem: "'1GB'", max_parallel_maintenance_workers: '0',
};

function setAll(stack, statementOf) {
  for (const [name, value] of Object.entries(hurried)) stack.sql(statementOf(name, value));
  stack.sql('SELECT pg_reload_conf()');
}

// PostgreSQL does not maintain an index that is not ready; REINDEX makes it ready.
const setIndexesAside = (stack, tables) => stack.sql(`UPDATE pg_index SET indisready = false, indisvalid = false
  WHERE indrelid IN (${tables.map((t) => `'${t}'::regclass`)})`);

function largestFirst(stack, tables) {
  const size = Object.fromEntries(tables.map((t) => [t, Number(stack.sqlValue(`SELECT pg_relation_size('${t}')`))]));
  return [...tables].sort((a, b) => size[b] - size[a]);
}

// Foreign keys were not checked, and constraints cannot see what belongs together.
function check(stack, past) {
  checkNumbers(stack);
  const share = Math.min(100, 100 * 100000 / past.orders), some = `TABLESAMPLE SYSTEM (${share})`;
  const keys = stack.sql(`SELECT conrelid::regclass, confrelid::regclass,
      (SELECT string_agg(format('c.%I = p.%I', c.attname, p.attname), ' AND ') FROM unnest(k.conkey, k.confkey) AS u (child, parent)
       JOIN pg_attribute c ON c.attrelid = k.conrelid AND c.attnum = u.child JOIN pg_attribute p ON p.attrelid = k.confrelid AND p.attnum = u.parent),
      (SELECT string_agg(format('c.%I IS NOT NULL', c.attname), ' AND ') FROM pg_attribute c WHERE c.attrelid = k.conrelid AND c.attnum = ANY (k.conkey))
    FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`);
  const rules = [
    ...keys.map(([child, parent, same, given]) => [`rows of ${child} name no row of ${parent}`,
      `SELECT count(*) FROM ${child} c ${some} WHERE ${given} AND NOT EXISTS (SELECT FROM ${parent} p WHERE ${same})`]),
    ['orders have another business day than their time', `SELECT count(*) FROM orders o ${some} JOIN restaurants r ON r.id = o.restaurant_id
      WHERE o.business_date <> business_date(o.created_at, r.timezone, r.business_day_start)`],
    ['orders have another subtotal than their lines', `SELECT count(*) FROM orders o ${some}
      WHERE o.subtotal <> (SELECT sum(i.subtotal) FROM order_items i WHERE i.restaurant_id = o.restaurant_id AND i.order_id = o.id)`],
    ['payments have another amount than their allocations', `SELECT count(*) FROM payments p ${some}
      WHERE p.amount <> (SELECT sum(a.amount) FROM payment_allocations a WHERE a.restaurant_id = p.restaurant_id AND a.payment_id = p.id)`],
    ['tables have two open sessions', `SELECT count(*) FROM (SELECT FROM sessions WHERE status = 'active' GROUP BY restaurant_id, table_id HAVING count(*) > 1) x`],
  ];
  for (const [what, query] of rules) {
    const wrong = stack.sqlValue(query);
    if (wrong !== '0') throw new Error(`the database is not as the product would have written it: ${wrong} ${what}`);
  }
}

/** Adds restaurants with their past, of `orders` orders together: {orders, bytes, seconds}. */
export async function fill(stack, { restaurants, tables, orders, large }) {
  const { bavail, bsize } = statfsSync(stack.dir);
  if (orders * bytesAnOrder > bavail * bsize)
    throw new Error(`${stack.dir} has ${Math.floor(bavail * bsize / 2 ** 30)} GiB free, ${orders} orders take ${Math.ceil(orders * bytesAnOrder / 2 ** 30)}`);
  const started = Date.now(), crowd = { first: 1, restaurants, tables: Math.ceil(tables / restaurants / 2) };
  addRestaurants(stack, [crowd]);
  const past = await preparePast(stack, { ...crowd, tables: 2 * crowd.tables, orders, large });
  const copied = past.copied.map(([table]) => table);
  setAll(stack, (name, value) => `ALTER SYSTEM SET ${name} = ${value}`);
  setIndexesAside(stack, copied);
  const steps = Array.from({ length: Math.ceil(past.copies / chunk) }, (_, i) => fillPast(past, i * chunk, Math.min((i + 1) * chunk, past.copies)));
  await runAll(stack, steps, progressBar(`${past.orders} orders of ${restaurants} restaurants`));
  await runSql(stack, endPast(past));
  await runAll(stack, largestFirst(stack, copied).map((t) => `REINDEX TABLE ${t}; VACUUM ANALYZE ${t};`), progressBar('indexes and statistics'));
  await runSql(stack, 'VACUUM ANALYZE');
  check(stack, past);
  setAll(stack, (name) => `ALTER SYSTEM RESET ${name}`);
  stack.sql('CHECKPOINT');
  return { orders: past.orders, bytes: Number(stack.sqlValue('SELECT pg_database_size(current_database())')), seconds: (Date.now() - started) / 1000 };
}
