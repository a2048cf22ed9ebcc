-- The guests of a session ($2) in the order in which they joined, and what each has paid
-- of the orders that are nobody's in particular. Those who were sent away come last: they
-- count for what they ordered, and share nothing.
SELECT u.id, u.removed_at IS NULL AS is_here, (
    SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
    FROM payments p
    JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
    JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
    WHERE p.restaurant_id = $1 AND p.session_id = $2 AND o.diner_id IS NULL
      AND (p.for_diner_id = u.id OR EXISTS (
        SELECT FROM shares h WHERE h.restaurant_id = $1 AND h.id = p.share_id AND h.diner_id = u.id))) AS paid
FROM users u
WHERE u.restaurant_id = $1 AND u.session_id = $2
  AND (u.removed_at IS NULL OR EXISTS (
    SELECT FROM orders n
    WHERE n.restaurant_id = $1 AND n.session_id = $2 AND n.diner_id = u.id))
ORDER BY u.removed_at IS NOT NULL, u.created_at, u.id
