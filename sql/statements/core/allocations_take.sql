-- From the orders ($3) of payments ($2): a payment may move more than once.
UPDATE payment_allocations a SET amount = a.amount - n.amount
FROM (
  SELECT m.payment_id, m.order_id, sum(m.amount) AS amount
  FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS m (payment_id, order_id, amount)
  GROUP BY m.payment_id, m.order_id) n
WHERE a.restaurant_id = $1 AND a.payment_id = n.payment_id AND a.order_id = n.order_id
