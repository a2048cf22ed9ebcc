-- So many ($3) of the line in all; one that is void as a whole leaves the kitchen.
UPDATE order_items i
SET voided_quantity = $3, status = CASE WHEN i.quantity = $3 THEN 'cancelled' ELSE i.status END
WHERE i.restaurant_id = $1 AND i.id = $2
