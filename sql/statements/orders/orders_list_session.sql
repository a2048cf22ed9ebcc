-- A page of one session's orders ($11), newest first.
SELECT json_build_object(
  'data', coalesce(json_agg(order_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.business_date || '_' || p.order_number)
                   FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.business_date, f.order_number,
         row_number() OVER (ORDER BY f.business_date DESC, f.order_number DESC) AS place,
         count(*) OVER () AS found
  FROM (
    SELECT o.id, o.business_date, o.order_number
    FROM orders o
    WHERE o.restaurant_id = $1
      AND (o.business_date, o.order_number) < (coalesce($3::date, 'infinity'), coalesce($4::integer, 2147483647))
      AND ($5::text IS NULL OR o.status = $5)
      AND ($6::uuid IS NULL OR o.table_id = $6)
      AND ($7::timestamptz IS NULL OR o.created_at >= $7)
      AND ($8::timestamptz IS NULL OR o.created_at < $8)
      AND ($9::timestamptz IS NULL OR o.updated_at >= $9)
      AND (o.deleted_at IS NULL OR $10::boolean)
      AND o.session_id = $11::uuid
    ORDER BY o.business_date DESC, o.order_number DESC
    LIMIT $2::integer + 1) f) p
