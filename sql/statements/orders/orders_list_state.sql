-- A page of a restaurant's orders in some statuses ($9), states of payment ($10) or of one
-- type ($11), newest first. In the index these come before the day: so a page is read of each
-- combination that is asked for, of which there are at most seventy, and few that many orders
-- are in. Thus one index, which an order writes anyway, serves the three filters, and none of
-- them reads the past, however rare what it looks for; see orders_list.sql. Deleted orders, which
-- are few, are in an index of their own.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT t.id
  FROM (
    SELECT n.id, n.business_date, n.order_number
    FROM unnest('{pending,confirmed,preparing,ready,served,completed,cancelled}'::text[]) AS s (status)
    CROSS JOIN unnest('{unpaid,partially_paid,paid,partially_refunded,refunded}'::text[]) AS m (payment_status)
    CROSS JOIN unnest('{dine_in,takeaway}'::text[]) AS k (order_type)
    CROSS JOIN LATERAL (
      SELECT o.id, o.business_date, o.order_number
      FROM orders o
      WHERE o.restaurant_id = $1
        AND o.status = s.status AND o.payment_status = m.payment_status AND o.order_type = k.order_type
        AND (o.business_date, o.order_number) < (
          (SELECT least(coalesce($3::date, 'infinity'), coalesce(($6::timestamptz AT TIME ZONE 'UTC')::date + 2, 'infinity'))),
          coalesce($4::integer, 2147483647))
        AND (o.business_date, o.order_number) > ((SELECT coalesce(($5::timestamptz AT TIME ZONE 'UTC')::date - 2, '-infinity')), 0)
        AND o.deleted_at IS NULL
        AND CASE WHEN ($5::timestamptz IS NULL OR o.created_at >= $5)
                  AND ($6::timestamptz IS NULL OR o.created_at < $6)
                  AND ($7::timestamptz IS NULL OR o.updated_at >= $7) THEN true ELSE false END
      ORDER BY o.business_date DESC, o.order_number DESC
      LIMIT $2::integer + 1) AS n
    WHERE ($9::text[] IS NULL OR s.status = ANY ($9)) AND ($10::text[] IS NULL OR m.payment_status = ANY ($10))
      AND ($11::text IS NULL OR k.order_type = $11)
    UNION ALL
    SELECT o.id, o.business_date, o.order_number
    FROM orders o
    WHERE $8::boolean AND o.restaurant_id = $1 AND o.deleted_at IS NOT NULL
      AND (o.business_date, o.order_number) < (coalesce($3::date, 'infinity'), coalesce($4::integer, 2147483647))
      AND ($9::text[] IS NULL OR o.status = ANY ($9))
      AND ($10::text[] IS NULL OR o.payment_status = ANY ($10))
      AND ($11::text IS NULL OR o.order_type = $11)
      AND ($5::timestamptz IS NULL OR o.created_at >= $5)
      AND ($6::timestamptz IS NULL OR o.created_at < $6)
      AND ($7::timestamptz IS NULL OR o.updated_at >= $7)) AS t
  ORDER BY t.business_date DESC, t.order_number DESC
  LIMIT $2::integer + 1)) AS answer
