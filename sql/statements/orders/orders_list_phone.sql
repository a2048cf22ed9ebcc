-- A page of the orders for one phone number ($14), however it was written, newest first.
SELECT orders_page($1::uuid, $2::integer, ARRAY(
  SELECT o.id
  FROM orders o
  WHERE o.restaurant_id = $1
    AND o.customer_phone_key = (SELECT phone_key($14))
    AND (o.business_date, o.order_number) < (coalesce($3::date, 'infinity'), coalesce($4::integer, 2147483647))
    AND CASE WHEN ($12::uuid IS NULL OR o.table_id = $12)
              AND ($9::text[] IS NULL OR o.status = ANY ($9::text[]))
              AND ($10::text[] IS NULL OR o.payment_status = ANY ($10::text[]))
              AND ($11::text IS NULL OR o.order_type = $11)
              AND ($5::timestamptz IS NULL OR o.created_at >= $5)
              AND ($6::timestamptz IS NULL OR o.created_at < $6)
              AND ($7::timestamptz IS NULL OR o.updated_at >= $7)
              AND (o.deleted_at IS NULL OR $8::boolean)
              AND ($13::integer IS NULL OR o.order_number = $13) THEN true ELSE false END
  ORDER BY o.business_date DESC, o.order_number DESC
  LIMIT $2::integer + 1)) AS answer
