-- The lines in these statuses ($4) go where the order's step takes them ($3).
UPDATE order_items i SET status = $3
WHERE i.restaurant_id = $1 AND i.order_id = $2 AND i.status = ANY ($4::text[])
