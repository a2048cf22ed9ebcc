// What was written: rows counted, and the rows of one order to compare.
const tables = (stack) => stack.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").flat();

/** The rows of every table: {table: count}, in one snapshot. */
export function countRows(stack) {
  const counts = tables(stack).map((t) => `SELECT '${t}', count(*) FROM ${t}`);
  const rows = stack.sql(`${counts.join(' UNION ALL ')} ORDER BY 1`);
  return Object.fromEntries(rows.map(([table, n]) => [table, Number(n)]));
}

// The number's counter is one row for all; the relay removes events meanwhile.
const uncounted = ['order_counters', 'events'];

/** Rows added for each order: {orders, perOrder: {table: number}}. */
export function addedRows(before, after) {
  const orders = after.orders - before.orders;
  const perOrder = Object.entries(after).map(([table, n]) => [table, (n - before[table]) / orders])
    .filter(([table, n]) => n > 0 && !uncounted.includes(table));
  return { orders, perOrder: Object.fromEntries(perOrder) };
}

/** Numbers are without a gap: each day's last number is its orders' count. */
export function checkNumbers(stack) {
  const wrong = stack.sqlValue(`SELECT count(*) FROM order_counters c WHERE c.last_number <>
    (SELECT count(*) FROM orders o WHERE o.restaurant_id = c.restaurant_id AND o.business_date = c.business_date)`);
  if (wrong !== '0') throw new Error(`the order numbers of ${wrong} restaurants have gaps`);
}

/** Waits until no transaction is open. */
export async function settle(stack) {
  const open = `SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()`;
  for (let i = 0; i < 100 && stack.sqlValue(open) !== '0'; i++) await new Promise((done) => setTimeout(done, 50));
}

/**
 * The ids of an order's rows: its own, and those of rows that name it or its
 * lines. {table: [row as JSON]} with them.
 */
export function findOrder(stack, orderId) {
  const ids = new Set([orderId]);
  let found;
  for (let size = 0; size !== ids.size;) {
    size = ids.size;
    const names = `'${[...ids].join('|')}'`;
    const rows = stack.sql(tables(stack).map((t) => `SELECT '${t}', to_json(x)::text FROM ${t} x WHERE x::text ~ ${names}`)
      .join(' UNION ALL '));
    found = rows.map(([table, row]) => ({ table, row, id: JSON.parse(row).id }));
    for (const { id } of found) if (id !== undefined) ids.add(id);
  }
  return { ids: [...ids], rows: found };
}

/** The same with ids, times, keys and numbers made equal, for comparison. */
export function rowsOfOrder(stack, orderId) {
  const equal = (row) => row
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT[0-9:.]+(\+00:00|Z)?/g, '<time>')
    .replace(/("key":)"[^"]*"/, '$1<key>')
    .replace(/("(?:changed_)?xid":)"\d+"/, '$1<transaction>')
    .replace(/(\\?"order_number\\?" ?: ?)\d+/g, '$1<number>');
  return findOrder(stack, orderId).rows.map(({ table, row }) => `${table} ${equal(row)}`).sort();
}
