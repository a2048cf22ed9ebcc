-- A page of a restaurant's orders, newest first.
--
-- It reads the index backwards until the page is full, instead of sorting all
-- orders. The planner, which plans for any parameters, chooses that as long as it
-- expects many rows to match: hence one CASE, estimated at half, for conditions that
-- are mostly absent. A business day begins less than two days from the date in UTC;
-- SELECT, since row-level security keeps what might leak out of index conditions.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT o.id
  FROM orders o
  WHERE o.restaurant_id = $1
    AND (o.business_date, o.order_number) < (
      (SELECT least(coalesce($3::date, 'infinity'), coalesce(($6::timestamptz AT TIME ZONE 'UTC')::date + 2, 'infinity'))),
      coalesce($4::integer, 2147483647))
    AND (o.business_date, o.order_number) > ((SELECT coalesce(($5::timestamptz AT TIME ZONE 'UTC')::date - 2, '-infinity')), 0)
    AND CASE WHEN ($5::timestamptz IS NULL OR o.created_at >= $5)
              AND ($6::timestamptz IS NULL OR o.created_at < $6)
              AND ($7::timestamptz IS NULL OR o.updated_at >= $7)
              AND (o.deleted_at IS NULL OR $8::boolean) THEN true ELSE false END
  ORDER BY o.business_date DESC, o.order_number DESC
  LIMIT $2::integer + 1)) AS answer
