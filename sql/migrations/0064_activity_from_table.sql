-- alone
-- Only moves are in it: what else happens, orders above all, writes nothing here.
CREATE INDEX CONCURRENTLY session_activity_log_left ON session_activity_log (restaurant_id, from_table_id, created_at)
  WHERE from_table_id IS NOT NULL;
