-- The shares of a session's bill ($2), in the order in which they were made, and what
-- pending online payments hold of each, except the diner's ($3) and the intent $4.
SELECT h.id, h.diner_id, h.split_by, h.items, h.is_rest, h.is_cut, h.amount, h.paid, (
    SELECT coalesce(sum(a.amount), 0)
    FROM payment_intents i
    JOIN payment_intent_allocations a ON a.restaurant_id = i.restaurant_id AND a.intent_id = i.id
    WHERE i.restaurant_id = $1 AND i.session_id = $2 AND i.share_id = h.id AND i.status = 'pending'
      AND i.expires_at > now() AND ($3::uuid IS NULL OR i.diner_id IS DISTINCT FROM $3)
      AND i.id IS DISTINCT FROM $4::uuid) AS held
FROM shares h
WHERE h.restaurant_id = $1 AND h.session_id = $2 AND h.ended_at IS NULL
ORDER BY h.created_at, h.id
