-- The lines go along with their order, from the statuses ($4) behind it.
UPDATE order_items i SET status = $3
WHERE i.restaurant_id = $1 AND i.order_id = $2 AND i.status = ANY ($4::text[])
