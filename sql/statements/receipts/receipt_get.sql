SELECT receipt_json(r.restaurant_id, r.id, r.printed_at IS NOT NULL) AS answer
FROM receipts r
WHERE r.restaurant_id = $1 AND r.id = $2
