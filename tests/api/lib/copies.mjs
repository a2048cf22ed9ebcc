// More data, made by SQL from what the database holds: restaurants
// beside the first, days before today. Triggers and foreign keys are off. Who
// looks at plans analyzes what was made.

/** The tables whose rows belong to a restaurant. */
export const tablesOfTenants = (stack) => stack.sql(`
  SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
  WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'restaurant_id' AND c.table_name NOT IN ('slugs', 'events')`).flat();

/** A table's columns: [{column, type}]. */
const columnsOf = (stack, table) => stack.sql(`
  SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
  WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`).map(([column, type]) => ({ column, type }));

/**
 * Rows for a table, made of the rows t and a number n that `from` gives. changes: {column: what it is to
 * be}; the other uuids are as `id(column)` says, all else is as it was.
 */
function insertCopies(stack, table, from, changes, id) {
  const columns = columnsOf(stack, table);
  const values = columns.map(({ column, type }) => {
    if (changes[column] !== undefined) return `CAST(${changes[column]} AS ${type})`;
    return type === 'uuid' ? `CASE WHEN substr(t.${column}::text, 15, 1) = '7' THEN ${id(`t.${column}`)} ELSE t.${column} END` : `t.${column}`;
  });
  return `INSERT INTO ${table} (${columns.map(({ column }) => column).join()}) SELECT ${values.join()} FROM ${from};`;
}

// ---- Restaurants

// The next order of a copy is the first of its day.
const dayEarlier = (table) => (['orders', 'order_counters'].includes(table) ? { business_date: 't.business_date - 1' } : {});

/** Restaurants copy-<from> to copy-<to> that have all that `model` has, ordered a day earlier. Their ids differ in the second group. */
export function copyRestaurant(stack, model, from, to) {
  const restaurant = "('018cc251-f400-72ff-8000-' || lpad(n::text, 12, '0'))::uuid", numbers = `generate_series(${from}, ${to}) AS n`;
  const id = (column) => `overlay(${column}::text PLACING lpad(to_hex(n), 4, '0') FROM 10)::uuid`;
  stack.sql(`SET session_replication_role = replica;
    INSERT INTO slugs SELECT 'copy-' || n, ${restaurant} FROM ${numbers};
    ${tablesOfTenants(stack).map((table) => insertCopies(stack, table,
    `${numbers} CROSS JOIN restaurants r JOIN ${table} t ON t.restaurant_id = r.id AND r.slug = '${model}'`,
    { restaurant_id: restaurant, ...dayEarlier(table) }, id)).join('\n')}
    ${insertCopies(stack, 'restaurants', `${numbers} JOIN restaurants t ON t.slug = '${model}'`, { id: restaurant, slug: "'copy-' || n" }, id)}`);
}

// ---- Days

// What a restaurant leaves behind each day, and how it differs from today's.
const past = {
  sessions: { status: "'closed'", closed_at: 'now() - n * day', expires_at: 't.expires_at - n * day', changed_xid: "'3'" },
  users: {}, session_activity_log: {},
  orders: { business_date: 't.business_date - n', changed_xid: "'3'", status: "CASE WHEN t.status = 'cancelled' THEN t.status ELSE 'completed' END" },
  order_counters: { business_date: 't.business_date - n' },
  order_items: { status: "CASE WHEN t.status = 'cancelled' THEN t.status ELSE 'served' END" },
  order_item_customizations: {}, order_status_history: {},
  service_calls: { acknowledged_at: 'NULL', acknowledged_by: 'NULL', changed_xid: "'3'" }, // nobody ever does
  payments: { business_date: 't.business_date - n' }, payment_allocations: {},
  payment_intents: { expires_at: 't.expires_at - n * day' }, payment_intent_allocations: {}, payment_events: { event_id: "t.event_id || '-' || n" },
  refunds: { business_date: 't.business_date - n' },
  order_adjustments: { business_date: 't.business_date - n' }, allocation_moves: { business_date: 't.business_date - n' }, shares: {},
  receipts: { number: 't.number + n * 100000', business_date: 't.business_date - n', issued_at: 't.issued_at - n * day' }, receipt_orders: {},
  // What cleanup and the relay have yet to remove: it is no older than the day's, so that no time tells it apart.
  idempotency_keys: { key: 'md5(t.key || n)', created_at: 't.created_at' },
  sync_queue: { change_id: "t.change_id || '-' || n" },
  refresh_tokens: { token_hash: 'sha256(t.token_hash || n::text::bytea)' },
  door_addresses: { door_id: 'gen_random_uuid()' },
  sync_logs: { entity_id: 'gen_random_uuid()', convex_sync_status: "'synced'", last_sync_at: 't.created_at' },
  events: { id: 'gen_random_uuid()', created_at: "now() + interval '1 hour'" }, // the relay is to leave them
};

/** Keeps a restaurant's day, to be repeated by repeatDay(). */
export function keepDay(stack, slug) {
  stack.sql(`CREATE SCHEMA day; ${Object.keys(past).map((table) =>
    `CREATE TABLE day.${table} AS SELECT t.* FROM ${table} t JOIN slugs s ON s.restaurant_id = t.restaurant_id AND s.slug = '${slug}';`).join('\n')}`);
}

/** That day again, as it was `from` to `to` days ago. Ids of the seed stay, others are as old as the day. */
export function repeatDay(stack, from, to) {
  const time = "lpad(to_hex((extract(epoch FROM now() - n * interval '1 day') * 1000 / 65536)::bigint), 8, '0')";
  const id = (column) => `CASE WHEN ${column}::text LIKE '018cc251%' THEN ${column} ELSE overlay(${column}::text PLACING time FROM 1)::uuid END`;
  const numbers = `(SELECT n, ${time} AS time FROM generate_series(${from}, ${to}) AS n) AS numbers`;
  stack.sql(`SET session_replication_role = replica; ${Object.entries(past).map(([table, changes]) => {
    const times = { created_at: 't.created_at - n * day', updated_at: 't.updated_at - n * day' }; // of tables that have them
    const values = Object.entries({ ...times, ...changes }).map(([column, value]) => [column, value.replace('day', "interval '1 day'")]);
    return insertCopies(stack, table, `${numbers} CROSS JOIN day.${table} t`, Object.fromEntries(values), id);
  }).join('\n')}`);
}

/** Today's documents as they were so many days ago: the next order is the first of its day. */
export function putBack(stack, slug, days) {
  const ofToday = (table) => `UPDATE ${table} t SET business_date = t.business_date - ${days} FROM slugs s
    WHERE s.slug = '${slug}' AND t.restaurant_id = s.restaurant_id AND t.business_date > current_date - 2;`;
  stack.sql(`SET session_replication_role = replica; ${['orders', 'order_counters', 'order_adjustments', 'payments', 'refunds', 'allocation_moves'].map(ofToday).join(' ')}`);
}
