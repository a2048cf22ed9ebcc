UPDATE drawers d
SET closed_at = now(), closed_by = $3::uuid, closed_date = document_date(now(), r.timezone, r.business_day_start, r.closed_through), counted = $4::bigint,
    cash_paid = x.cash_paid, cash_refunded = x.cash_refunded, tips = x.tips, paid_in = x.paid_in, paid_out = x.paid_out,
    expected = d.float_amount + x.cash_paid - x.cash_refunded + x.paid_in - x.paid_out
FROM restaurants r
CROSS JOIN LATERAL drawer_sums(r.id, $2::uuid) x
WHERE r.id = $1 AND d.restaurant_id = $1 AND d.id = $2
