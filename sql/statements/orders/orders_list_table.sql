-- A page of one table's orders ($12), newest first. A page of each status is read, since
-- in the index the status comes before the day; see orders_list.sql.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT t.id
  FROM unnest('{pending,confirmed,preparing,ready,served,completed,cancelled}'::text[]) AS s (status)
  CROSS JOIN LATERAL (
    SELECT o.id, o.business_date, o.order_number
    FROM orders o
    WHERE o.restaurant_id = $1
      AND o.table_id = $12::uuid
      AND o.status = s.status
      AND (o.business_date, o.order_number) < (
        (SELECT least(coalesce($3::date, 'infinity'), coalesce(($6::timestamptz AT TIME ZONE 'UTC')::date + 2, 'infinity'))),
        coalesce($4::integer, 2147483647))
      AND (o.business_date, o.order_number) > ((SELECT coalesce(($5::timestamptz AT TIME ZONE 'UTC')::date - 2, '-infinity')), 0)
      AND CASE WHEN ($5::timestamptz IS NULL OR o.created_at >= $5)
                AND ($6::timestamptz IS NULL OR o.created_at < $6)
                AND ($7::timestamptz IS NULL OR o.updated_at >= $7)
                AND (o.deleted_at IS NULL OR $8::boolean)
                AND ($10::text[] IS NULL OR o.payment_status = ANY ($10::text[]))
                AND ($11::text IS NULL OR o.order_type = $11) THEN true ELSE false END
    ORDER BY o.business_date DESC, o.order_number DESC
    LIMIT $2::integer + 1) AS t
  WHERE $9::text[] IS NULL OR s.status = ANY ($9)
  ORDER BY t.business_date DESC, t.order_number DESC
  LIMIT $2::integer + 1)) AS answer
