-- A refund of an online payment that waits for its provider.
SELECT f.payment_id, f.amount, f.tip_amount, f.reason, f.reopens_due, f.order_id, f.status, f.credit_amount, f.flag, p.currency
FROM refunds f
JOIN payments p ON p.restaurant_id = f.restaurant_id AND p.id = f.payment_id
WHERE f.restaurant_id = $1 AND f.id = $2 AND p.intent_id = $3::uuid AND p.provider = $4
