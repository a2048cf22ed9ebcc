// What requests leave behind until orderzapctl cleanup takes it: rows of each
// table that it looks through, made by SQL. Triggers and foreign keys are off.
// Diners stay.

const id = 'gen_random_uuid()', hash = 'sha256(gen_random_uuid()::text::bytea)';

// Each table's columns, and its time: {column: [while it stays, when it is due]}.
const kinds = {
  idempotency_keys: { caller: "'diner:' || g", key: id, request_hash: "'x'", status: '201', answer: "'{}'", created_at: ['now()', "now() - interval '25 hours'"] },
  event_tickets: { ticket_hash: hash, role: "'diner'", caller_id: id, expires_at: ["now() + interval '1 hour'", "now() - interval '1 minute'"] },
  sync_logs: { entity_type: "'order'", entity_id: id, entity_version: '1', convex_sync_status: "'synced'", next_attempt_at: 'now()',
    created_at: 'now()', last_sync_at: ['now()', "now() - interval '25 hours'"] },
  refresh_tokens: { id, family_id: id, staff_id: id, token_hash: hash, expires_at: ["now() + interval '30 days'", "now() - interval '25 hours'"] },
  // Each of a restaurant that is gone: it has one a day.
  order_counters: { restaurant_id: id, last_number: '7', business_date: ['current_date', 'current_date - 401'] },
  door_addresses: { door_id: id, address_hash: hash, is_known: 'true', failures: '0', expires_at: ["now() + interval '30 days'", "now() - interval '1 minute'"] },
  sessions: { id, table_id: id, opened_by: "'diner'", pin_hash: hash, expires_at: ["now() + interval '1 hour'", "now() - interval '1 minute'"] },
  payment_intents: { id, session_id: id, diner_id: id, provider: "'some-pay'", amount: '100', currency: "'EUR'",
    expires_at: ["now() + interval '1 hour'", "now() - interval '1 minute'"] },
};

/** The tables that cleanup looks through. */
export const leftoverTables = Object.keys(kinds);

const all = { ...kinds, users: { id, session_id: id, display_name: "'Asha'" } };

/** So many rows of each table for the restaurant of that slug: those that cleanup is to take, or others. */
export function leave(stack, slug, count, { isDue, tables = Object.keys(all) }) {
  stack.sql(`SET session_replication_role = replica; ${tables.map((table) => {
    const row = { restaurant_id: 's.restaurant_id', ...all[table] };
    const values = Object.values(row).map((value) => (Array.isArray(value) ? value[Number(isDue)] : value));
    return `INSERT INTO ${table} (${Object.keys(row)}) SELECT ${values} FROM slugs s CROSS JOIN generate_series(1, ${count}) AS g WHERE s.slug = '${slug}';`;
  }).join('\n')}`);
}
