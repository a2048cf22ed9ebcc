-- Where a session was before it moved, by which an order that was taken offline at that table finds it.
-- Moves from before have none.
ALTER TABLE session_activity_log ADD COLUMN from_table_id uuid;
