-- What was paid of each order of a session ($2) and not given back, what pending
-- intents hold, except the diner's ($3) and the intent $4, whether refunds have
-- lowered it, whether money of it went back at all (has_returned), by how much refunds have lowered it
-- apart from items (given_back), and whether a receipt is about it. The orders are locked: none of this changes until the transaction ends.
SELECT o.id,
  (SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
   FROM payment_allocations a
   WHERE a.restaurant_id = $1 AND a.order_id = o.id) AS kept,
  (SELECT coalesce(sum(h.amount), 0)
   FROM payment_intent_allocations h
   JOIN payment_intents i ON i.restaurant_id = h.restaurant_id AND i.id = h.intent_id
   WHERE h.restaurant_id = $1 AND h.order_id = o.id AND i.status = 'pending' AND i.expires_at > now()
     AND ($3::uuid IS NULL OR i.diner_id IS DISTINCT FROM $3) AND i.id IS DISTINCT FROM $4::uuid) AS held,
  EXISTS (
    SELECT FROM order_adjustments j
    WHERE j.restaurant_id = $1 AND j.order_id = o.id AND j.refund_id IS NOT NULL) AS is_refunded,
  EXISTS (
    SELECT FROM payment_allocations b
    WHERE b.restaurant_id = $1 AND b.order_id = o.id AND b.refunded_amount > 0) AS has_returned,
  (SELECT coalesce(-sum(j.total_amount), 0)
   FROM order_adjustments j
   WHERE j.restaurant_id = $1 AND j.order_id = o.id AND j.refund_id IS NOT NULL AND j.kind = 'discount') AS given_back,
  EXISTS (
    SELECT FROM receipt_orders c
    WHERE c.restaurant_id = $1 AND c.order_id = o.id) AS has_receipt
FROM orders o
WHERE o.restaurant_id = $1 AND o.session_id = $2
