SELECT c.version, c.acknowledged_at IS NOT NULL AS is_acknowledged, c.session_id
FROM service_calls c
WHERE c.restaurant_id = $1 AND c.id = $2
FOR NO KEY UPDATE
