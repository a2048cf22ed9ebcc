-- A page of one session's orders ($16), or of a diner's ($15), who belongs to one session;
-- newest first.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT o.id
  FROM orders o
  WHERE o.restaurant_id = $1
    AND o.session_id = (SELECT coalesce($16::uuid, (SELECT u.session_id FROM users u WHERE u.restaurant_id = $1 AND u.id = $15)))
    AND (o.business_date, o.order_number) < (coalesce($3::date, 'infinity'), coalesce($4::integer, 2147483647))
    AND ($12::uuid IS NULL OR o.table_id = $12)
    AND ($9::text[] IS NULL OR o.status = ANY ($9::text[]))
    AND ($10::text[] IS NULL OR o.payment_status = ANY ($10::text[]))
    AND ($11::text IS NULL OR o.order_type = $11)
    AND ($5::timestamptz IS NULL OR o.created_at >= $5)
    AND ($6::timestamptz IS NULL OR o.created_at < $6)
    AND ($7::timestamptz IS NULL OR o.updated_at >= $7)
    AND (o.deleted_at IS NULL OR $8::boolean)
    AND ($13::integer IS NULL OR o.order_number = $13)
    AND ($14::text IS NULL OR o.customer_phone_key = phone_key($14))
    AND ($15::uuid IS NULL OR o.diner_id = $15)
  ORDER BY o.business_date DESC, o.order_number DESC
  LIMIT $2::integer + 1)) AS answer
