-- A page of the orders that have changed since $7, which are few, newest first. OFFSET 0:
-- they are looked up only by the time.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT u.id
  FROM (
    SELECT o.id, o.business_date, o.order_number, o.table_id, o.status, o.payment_status, o.order_type,
           o.customer_phone_key, o.created_at, o.deleted_at
    FROM orders o
    WHERE o.restaurant_id = $1 AND o.updated_at >= $7::timestamptz
    OFFSET 0) AS u
  WHERE (u.business_date, u.order_number) < (coalesce($3::date, 'infinity'), coalesce($4::integer, 2147483647))
    AND ($12::uuid IS NULL OR u.table_id = $12)
    AND ($9::text[] IS NULL OR u.status = ANY ($9::text[]))
    AND ($10::text[] IS NULL OR u.payment_status = ANY ($10::text[]))
    AND ($11::text IS NULL OR u.order_type = $11)
    AND ($5::timestamptz IS NULL OR u.created_at >= $5)
    AND ($6::timestamptz IS NULL OR u.created_at < $6)
    AND (u.deleted_at IS NULL OR $8::boolean)
    AND ($13::integer IS NULL OR u.order_number = $13)
    AND ($14::text IS NULL OR u.customer_phone_key = phone_key($14))
  ORDER BY u.business_date DESC, u.order_number DESC
  LIMIT $2::integer + 1)) AS answer
