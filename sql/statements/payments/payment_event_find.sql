SELECT e.payment_id, p.flag
FROM payment_events e
LEFT JOIN payments p ON p.restaurant_id = e.restaurant_id AND p.id = e.payment_id
WHERE e.restaurant_id = $1 AND e.provider = $2 AND e.event_id = $3
