-- A void payment pays nothing.
UPDATE payment_allocations a SET amount = 0 WHERE a.restaurant_id = $1 AND a.payment_id = $2
