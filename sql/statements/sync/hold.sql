-- Waits for a single row: waiting while holding other rows could deadlock with a
-- transaction that does the same.
SELECT FROM sync_logs l WHERE l.restaurant_id = $1 AND l.entity_type = $2 AND l.entity_id = $3 FOR UPDATE
