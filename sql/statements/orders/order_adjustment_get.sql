SELECT adjustment_json(a.restaurant_id, a.id) AS answer
FROM order_adjustments a
WHERE a.restaurant_id = $1 AND a.id = $2
