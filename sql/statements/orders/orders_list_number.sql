-- A page of the orders of one number ($13), newest first. Each day has its own numbers: the
-- days are looked up one by one (OFFSET 0: row-level security keeps an expression out of index
-- conditions), from $5 (31 days before $6, or now, if it is not given) and
-- from the restaurant's beginning on. No index begins with the number, which each order would
-- have to write.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT o.id
  FROM (
    SELECT d.first, (SELECT least($3::date, (coalesce($6::timestamptz, now()) AT TIME ZONE 'UTC')::date + 2)) AS last
    FROM (
      SELECT greatest(coalesce($5::timestamptz, coalesce($6, now()) - interval '31 days'), r.created_at)::date - 3 AS first
      FROM restaurants r
      WHERE r.id = $1) AS d) AS span
  CROSS JOIN LATERAL (
    SELECT span.last - n AS day
    FROM generate_series(0, span.last - span.first) AS n
    OFFSET 0) AS d
  CROSS JOIN LATERAL (
    SELECT q.id, q.business_date, q.order_number, q.table_id, q.status, q.payment_status, q.order_type, q.created_at,
           q.updated_at, q.deleted_at
    FROM orders q
    WHERE q.restaurant_id = $1 AND q.business_date = d.day AND q.order_number = $13::integer
    OFFSET 0) AS o
  WHERE (o.business_date, o.order_number) < (coalesce($3::date, 'infinity'), coalesce($4::integer, 2147483647))
    AND ($12::uuid IS NULL OR o.table_id = $12)
    AND ($9::text[] IS NULL OR o.status = ANY ($9::text[]))
    AND ($10::text[] IS NULL OR o.payment_status = ANY ($10::text[]))
    AND ($11::text IS NULL OR o.order_type = $11)
    AND ($5::timestamptz IS NULL OR o.created_at >= $5)
    AND ($6::timestamptz IS NULL OR o.created_at < $6)
    AND ($7::timestamptz IS NULL OR o.updated_at >= $7)
    AND (o.deleted_at IS NULL OR $8::boolean)
  ORDER BY o.business_date DESC, o.order_number DESC
  LIMIT $2::integer + 1)) AS answer
