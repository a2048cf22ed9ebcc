// More data, made by SQL from what the database holds: restaurants
// beside the first, days before today. Triggers and foreign keys are off.

/** The tables whose rows belong to a restaurant. */
export const tablesOfTenants = (stack) => stack.sql(`
  SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
  WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'restaurant_id' AND c.table_name NOT IN ('slugs', 'events')`).flat();

// ---- Restaurants

// The row of a copy: other ids, by their second group, and another restaurant.
const idPattern = '([0-9a-f]{8}-)[0-9a-f]{4}(-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})';
const rowOf = (row, changes) => `jsonb_populate_record(${row},
  regexp_replace(to_jsonb(${row})::text, '${idPattern}', '\\1' || lpad(to_hex(n), 4, '0') || '\\2', 'g')::jsonb || jsonb_build_object(${changes}))`;

// The next order of a copy is the first of its day.
const dayEarlier = (table) => (['orders', 'order_counters'].includes(table) ? ", 'business_date', t.business_date - 1" : '');

/** Restaurants copy-<from> to copy-<to> that have all that `model` has, ordered a day earlier. */
export function copyRestaurant(stack, model, from, to) {
  const restaurant = "('018cc251-f400-72ff-8000-' || lpad(n::text, 12, '0'))::uuid", numbers = `generate_series(${from}, ${to}) AS n`;
  stack.sql(`SET session_replication_role = replica;
    INSERT INTO slugs SELECT 'copy-' || n, ${restaurant} FROM ${numbers};
    ${tablesOfTenants(stack).map((table) => `INSERT INTO ${table} SELECT c.* FROM ${numbers}
      CROSS JOIN restaurants r JOIN ${table} t ON t.restaurant_id = r.id AND r.slug = '${model}'
      CROSS JOIN LATERAL ${rowOf('t', `'restaurant_id', ${restaurant}${dayEarlier(table)}`)} AS c;`).join('\n')}
    INSERT INTO restaurants SELECT c.* FROM ${numbers} JOIN restaurants r ON r.slug = '${model}'
      CROSS JOIN LATERAL ${rowOf('r', `'id', ${restaurant}, 'slug', 'copy-' || n`)} AS c;
    ANALYZE`);
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
  const other = '(?!018cc251)[0-9a-f]{8}(-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})';
  const time = "lpad(to_hex((extract(epoch FROM now() - n * interval '1 day') * 1000 / 65536)::bigint), 8, '0')";
  stack.sql(`SET session_replication_role = replica; ${Object.entries(past).map(([table, changes]) => {
    const columns = stack.sql(`SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '${table}'`).flat();
    const times = Object.fromEntries(['created_at', 'updated_at'].filter((c) => columns.includes(c)).map((c) => [c, `t.${c} - n * day`]));
    const list = Object.entries({ ...times, ...changes }).map(([column, value]) => `'${column}', ${value.replace('day', "interval '1 day'")}`);
    return `INSERT INTO ${table} SELECT c.* FROM generate_series(${from}, ${to}) AS n CROSS JOIN day.${table} t
      CROSS JOIN LATERAL jsonb_populate_record(NULL::${table}, regexp_replace(to_jsonb(t)::text, '${other}', ${time} || '\\1', 'g')::jsonb
        || jsonb_build_object(${list})) AS c;`;
  }).join('\n')} ANALYZE`);
}

/** Today's orders as they were so many days ago: the next one is the first of its day. */
export function putBack(stack, slug, days) {
  const ofToday = (table) => `UPDATE ${table} t SET business_date = t.business_date - ${days} FROM slugs s
    WHERE s.slug = '${slug}' AND t.restaurant_id = s.restaurant_id AND t.business_date > current_date - 2;`;
  stack.sql(`SET session_replication_role = replica; ${['orders', 'order_counters'].map(ofToday).join(' ')}`);
}
