UPDATE service_calls c SET acknowledged_by = $3, acknowledged_at = now()
WHERE c.restaurant_id = $1 AND c.id = $2
