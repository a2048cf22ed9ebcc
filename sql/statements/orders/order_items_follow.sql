-- The lines in earlier statuses ($4) take the order's ($3).
UPDATE order_items i SET status = $3
WHERE i.restaurant_id = $1 AND i.order_id = $2 AND i.status = ANY ($4::text[])
