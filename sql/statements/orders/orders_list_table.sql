-- A page of one table's orders ($5), newest first; those in one status ($10) if
-- asked for. A page of each status is read, since in the index the status comes
-- before the day; see orders_list.sql.
SELECT json_build_object(
  'data', coalesce(json_agg(order_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.business_date || '_' || p.order_number)
                   FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.business_date, f.order_number,
         row_number() OVER (ORDER BY f.business_date DESC, f.order_number DESC) AS place,
         count(*) OVER () AS found
  FROM (
    SELECT t.id, t.business_date, t.order_number
    FROM unnest('{pending,confirmed,preparing,ready,served,completed,cancelled}'::text[]) AS s (status)
    CROSS JOIN LATERAL (
      SELECT o.id, o.business_date, o.order_number
      FROM orders o
      WHERE o.restaurant_id = $1
        AND o.table_id = $5::uuid
        AND o.status = s.status
        AND (o.business_date, o.order_number) < (
          (SELECT least(coalesce($3::date, 'infinity'), coalesce(($7::timestamptz AT TIME ZONE 'UTC')::date + 2, 'infinity'))),
          coalesce($4::integer, 2147483647))
        AND (o.business_date, o.order_number) > ((SELECT coalesce(($6::timestamptz AT TIME ZONE 'UTC')::date - 2, '-infinity')), 0)
        AND CASE WHEN ($6 IS NULL OR o.created_at >= $6)
                  AND ($7 IS NULL OR o.created_at < $7)
                  AND ($8::timestamptz IS NULL OR o.updated_at >= $8)
                  AND (o.deleted_at IS NULL OR $9::boolean) THEN true ELSE false END
      ORDER BY o.business_date DESC, o.order_number DESC
      LIMIT $2::integer + 1) AS t
    WHERE $10::text IS NULL OR s.status = $10
    ORDER BY t.business_date DESC, t.order_number DESC
    LIMIT $2::integer + 1) f) p
