-- The documents of the business day $3 days after $2, in the order of their time: at most $7 after the one that
-- $4 to $6 name, NULL for none. A kind of document is an entry here and one in export_document. Where
-- times are the same, the rank says what comes first: an order before what pays it.
SELECT d.us, d.rank, d.id,
  to_char(d.made_at AT TIME ZONE (SELECT r.timezone FROM restaurants r WHERE r.id = $1), 'YYYY-MM-DD HH24:MI:SS') AS local_time,
  export_document($1, d.type, d.id, $2::date + $3::integer) AS document
FROM (
  SELECT (extract(epoch FROM u.made_at) * 1000000)::bigint AS us, u.rank, u.type, u.id, u.made_at
  FROM (
    SELECT 1 AS rank, 'order' AS type, o.id, o.created_at AS made_at
    FROM orders o
    WHERE o.restaurant_id = $1 AND o.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 2, 'adjustment', a.id, a.created_at
    FROM order_adjustments a
    WHERE a.restaurant_id = $1 AND a.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 3, CASE p.purpose WHEN 'deposit' THEN 'deposit' ELSE 'payment' END, p.id, p.created_at
    FROM payments p
    WHERE p.restaurant_id = $1 AND p.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 4, 'payment_void', v.id, v.voided_at
    FROM payments v
    WHERE v.restaurant_id = $1 AND v.business_date = $2::date + $3::integer AND v.voided_at IS NOT NULL
    UNION ALL
    SELECT 5, 'refund', f.id, f.created_at
    FROM refunds f
    WHERE f.restaurant_id = $1 AND f.business_date = $2::date + $3::integer AND f.status = 'done'
    UNION ALL
    SELECT 6, 'credit_move', m.id, m.created_at
    FROM allocation_moves m
    WHERE m.restaurant_id = $1 AND m.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 7, 'receipt', i.id, i.issued_at
    FROM receipts i
    WHERE i.restaurant_id = $1 AND i.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 8, 'drawer_open', w.id, w.opened_at
    FROM drawers w
    WHERE w.restaurant_id = $1 AND w.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 9, 'drawer_movement', n.id, n.created_at
    FROM drawer_movements n
    WHERE n.restaurant_id = $1 AND n.business_date = $2::date + $3::integer
    UNION ALL
    SELECT 10, 'drawer_close', c.id, c.closed_at
    FROM drawers c
    WHERE c.restaurant_id = $1 AND c.closed_date = $2::date + $3::integer AND c.closed_at IS NOT NULL
    UNION ALL
    SELECT 11, 'day_close', b.restaurant_id, b.closed_at
    FROM business_days b
    WHERE b.restaurant_id = $1 AND b.business_date = $2::date + $3::integer) u
  WHERE $6::uuid IS NULL OR ((extract(epoch FROM u.made_at) * 1000000)::bigint, u.rank, u.id) > ($4::bigint, $5::integer, $6::uuid)
  ORDER BY 1, 2, 4
  LIMIT $7::integer) d
ORDER BY d.us, d.rank, d.id
