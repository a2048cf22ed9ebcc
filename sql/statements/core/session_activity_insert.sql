INSERT INTO session_activity_log (restaurant_id, id, session_id, action, actor_role, actor_id, details)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
