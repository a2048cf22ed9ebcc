// Rows read of each table, as PostgreSQL counts them.
import { get } from './client.mjs';
import { until } from './until.mjs';

/** {table: {whole, byIndex, inserted, deleted}} of all tables since the system began. */
export function rowsRead(stack) {
  return new Map(stack.sql('SELECT relname, seq_tup_read, coalesce(idx_tup_fetch, 0), n_tup_ins, n_tup_del FROM pg_stat_user_tables')
    .map(([table, whole, byIndex, inserted, deleted]) => [table,
      { whole: Number(whole), byIndex: Number(byIndex), inserted: Number(inserted), deleted: Number(deleted) }]));
}

/** What was read after `from` was, until `to` was, for each of n: {table: {whole, byIndex, ...}}, without tables of which nothing was. */
export const readFor = (n, from, to) => new Map([...to].map(([table, now]) => [table,
  Object.fromEntries(Object.entries(now).map(([what, rows]) => [what, (rows - from.get(table)[what]) / n]))])
  .filter(([, read]) => Object.values(read).some((rows) => rows > 0)));

/** Waits until what the workers did is counted, which `isCounted` knows by rowsRead(). A session counts at the end of a
 * transaction a second after it last did: each gets some that read no row. */
export const allCounted = (stack, isCounted) => until('all is counted', async () => {
  await Promise.all(Array.from({ length: 24 }, () => get(stack, '/api/r/nobody-is-here/tables/aaaaaaaaaaaaaaaa', { documented: false })));
  const read = rowsRead(stack);
  return isCounted(read) && read;
});

/** Waits until no session of a program that has ended is there, so that what it did is counted. */
export async function sessionEnded(stack, application) {
  await until(`${application} has ended`, () => stack.sqlValue(`SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE '${application}%'`) === '0');
  return rowsRead(stack);
}
