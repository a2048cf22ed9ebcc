// A transaction that stays open while a test goes on.
import { spawn } from 'node:child_process';
import { until } from './until.mjs';

/**
 * A psql, as a superuser, that runs the statements and then keeps its
 * transaction open; end('COMMIT') ends it, run(sql) does more in it before. It
 * ends with the test's process, too, which does not wait for it.
 */
export async function hold(stack, sql) {
  const psql = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', stack.database_url], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '', runs = 0;
  for (const handle of [psql, psql.stdin, psql.stdout]) handle.unref();
  psql.stdout.setEncoding('utf8').on('data', (part) => { out += part; });
  const run = async (more) => {
    const mark = `held ${runs++}`;
    psql.stdin.write(`${more};\nSELECT '${mark}';\n`);
    await until(`psql: ${more}`, () => out.includes(mark) || psql.exitCode !== null);
    if (psql.exitCode !== null) throw new Error(`psql failed: ${more}`);
  };
  await run('SELECT \'pid \' || pg_backend_pid()');
  const pid = Number(/^pid (\d+)$/m.exec(out)[1]);
  await run(`BEGIN;\n${sql}`);
  return {
    run,
    /** How many processes wait for what it holds, and for those that do. */
    waiting: () => Number(stack.sqlValue(`WITH RECURSIVE waiting AS (SELECT ${pid} AS pid
      UNION SELECT a.pid FROM waiting w JOIN pg_stat_activity a ON w.pid = ANY (pg_blocking_pids(a.pid))) SELECT count(*) - 1 FROM waiting`)),
    async end(how = 'ROLLBACK') {
      psql.ref();
      psql.stdin.end(`${how};\n`);
      await new Promise((done) => (psql.exitCode !== null ? done() : psql.once('exit', done)));
    },
  };
}

/** How many of the database's processes wait for a lock. */
export const waiting = (stack) => Number(stack.sqlValue("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"));

/**
 * Makes a request while a transaction holds what the request waits for; then
 * does the rest in that transaction and commits it. Returns the answer.
 */
export async function overtaken(stack, sql, request, rest = 'SELECT') {
  const held = await hold(stack, sql);
  const answer = request();
  await until('the request waits', () => held.waiting() > 0);
  await held.run(rest);
  await held.end('COMMIT');
  return answer;
}
