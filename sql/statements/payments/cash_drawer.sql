-- The drawer for cash that the caller ($2) takes or gives back: their own, if it is open; else, if it is
-- the only open one, another's. Of those in the currency of the payment ($3) that is given back,
-- else in the restaurant's.
SELECT count(*) AS found, coalesce(bool_or(d.staff_id = $2), false) AS is_own, (array_agg(d.id ORDER BY d.staff_id = $2 DESC))[1] AS id
FROM restaurants r
JOIN drawers d ON d.restaurant_id = r.id AND d.closed_at IS NULL
WHERE r.id = $1 AND d.restaurant_id = $1 AND d.currency = coalesce((
    SELECT p.currency FROM payments p WHERE p.restaurant_id = $1 AND p.id = $3::uuid), r.currency)
