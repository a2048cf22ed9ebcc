-- Waits for the row, by itself: who waits while it holds other rows may meet a
-- transaction that does the same.
SELECT FROM sync_logs l WHERE l.restaurant_id = $1 AND l.entity_type = $2 AND l.entity_id = $3 FOR UPDATE
