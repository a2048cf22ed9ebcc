-- As session_activity_insert, with the table ($7) that the session has left.
INSERT INTO session_activity_log (restaurant_id, id, session_id, action, actor_role, actor_id, details, from_table_id)
VALUES ($1, $2, $3, 'session_moved', $4, $5, $6::jsonb, $7)
