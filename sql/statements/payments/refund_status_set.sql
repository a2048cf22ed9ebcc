-- What became of a refund; what was given back, if that is not what was asked for ($4, $5), and
-- its rounding ($7). It is of the day on which that is known.
UPDATE refunds f
SET status = $3, amount = coalesce($4::bigint, f.amount), tip_amount = coalesce($5::bigint, f.tip_amount), flag = $6,
    rounding_amount = coalesce($7::bigint, f.rounding_amount),
    business_date = document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
WHERE f.restaurant_id = $1 AND f.id = $2 AND r.id = $1
