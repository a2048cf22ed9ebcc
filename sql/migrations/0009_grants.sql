-- What each role may do. Nobody may DELETE what was ordered or paid.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO orderzap_app, orderzap_sync, orderzap_relay;

-- The workers.
GRANT SELECT ON slugs, schema_migrations TO orderzap_app;
GRANT SELECT ON slugs TO orderzap_sync, orderzap_relay;
GRANT SELECT ON restaurants TO orderzap_app;
GRANT UPDATE (menu_version, updated_at) ON restaurants TO orderzap_app;
GRANT SELECT, INSERT, UPDATE ON
  staff, refresh_tokens, tables, qr_codes, sessions, users, service_calls,
  menu_categories, menu_items, menu_item_options, menu_item_option_values,
  order_counters, payment_intents, sync_logs TO orderzap_app;
GRANT SELECT, INSERT ON
  orders, order_items, order_item_customizations, order_status_history,
  session_activity_log, idempotency_keys, payments, refunds, events, sync_queue
  TO orderzap_app;
GRANT UPDATE (status, payment_status, version, updated_at, deleted_at) ON orders TO orderzap_app;
GRANT UPDATE (status, version, updated_at) ON order_items TO orderzap_app;
GRANT UPDATE (version, updated_at) ON payments TO orderzap_app;
-- A key that has lived its 24 hours may be used anew.
GRANT UPDATE ON idempotency_keys TO orderzap_app;

-- The mirror: reads what it mirrors, keeps its outbox.
GRANT SELECT ON
  restaurants, tables, sessions, users, menu_categories, menu_items, menu_item_options,
  menu_item_option_values, orders, order_items, order_item_customizations, payments, refunds
  TO orderzap_sync;
GRANT SELECT, UPDATE, DELETE ON sync_logs TO orderzap_sync;

-- The relay: reads and removes what it has sent.
GRANT SELECT, DELETE ON events TO orderzap_relay;
