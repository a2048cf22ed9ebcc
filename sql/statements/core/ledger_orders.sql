-- All orders of a session, oldest first; cancelled and deleted ones, too: money may be
-- on them.
SELECT o.id, o.status, o.deleted_at IS NOT NULL AS is_deleted, o.payment_status, o.version, o.diner_id, o.currency,
       o.prices_include_tax, o.discount_reduces_tax, o.service_charge_ppm, o.service_charge_tax_rate_ppm, o.tax_parts,
       o.subtotal, o.discount_amount, o.service_charge_amount, o.tax_amount, o.taxes, o.tip_amount, o.deposit_used,
       o.total_amount, o.standing
FROM orders o
WHERE o.restaurant_id = $1 AND o.session_id = $2
ORDER BY o.business_date, o.order_number
FOR NO KEY UPDATE
