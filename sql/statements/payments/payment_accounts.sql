-- What was paid and refunded of each order ($2), and what pending intents hold,
-- except the diner's ($3) and the intent $4. The orders are locked: none of this
-- changes until the transaction ends.
SELECT o.id,
  (SELECT coalesce(sum(a.amount), 0)
   FROM payment_allocations a
   WHERE a.restaurant_id = $1 AND a.order_id = o.id) AS paid,
  (SELECT coalesce(sum(a.refunded_amount), 0)
   FROM payment_allocations a
   WHERE a.restaurant_id = $1 AND a.order_id = o.id) AS refunded,
  (SELECT coalesce(sum(h.amount), 0)
   FROM payment_intent_allocations h
   JOIN payment_intents i ON i.restaurant_id = h.restaurant_id AND i.id = h.intent_id
   WHERE h.restaurant_id = $1 AND h.order_id = o.id AND i.status = 'pending' AND i.expires_at > now()
     AND ($3::uuid IS NULL OR i.diner_id IS DISTINCT FROM $3) AND i.id IS DISTINCT FROM $4::uuid) AS held
FROM unnest($2::uuid[]) AS o (id)
