-- What happened to an order since it was placed, in that order. is_refund: money was
-- given back.
SELECT a.kind, a.item_id, a.quantity, a.amount, a.rate_ppm, a.refund_id IS NOT NULL AS is_refund, a.total_amount
FROM order_adjustments a
WHERE a.restaurant_id = $1 AND a.order_id = $2
ORDER BY a.created_at, a.id
