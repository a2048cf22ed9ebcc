-- A page of receipts and credit notes, newest first, of business days $4 to $5. It reads the index
-- backwards until the page is full, as orders_list does.
SELECT json_build_object(
  'data', coalesce(json_agg(json_build_object(
      'id', p.id, 'kind', p.kind, 'reference', p.reference, 'business_date', p.business_date,
      'total_amount', p.total_amount, 'session_id', p.session_id, 'share_id', p.share_id, 'order_ids', (
        SELECT json_agg(c.order_id ORDER BY c.order_id)
        FROM receipt_orders c
        WHERE c.restaurant_id = $1 AND c.receipt_id = p.id),
      'issued_at', rfc3339(p.issued_at), 'corrects', p.document -> 'corrects')
    ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.kind, f.reference, f.business_date, f.total_amount, f.session_id, f.share_id, f.issued_at, f.document,
    row_number() OVER (ORDER BY f.business_date DESC, f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT r.id, r.kind, r.reference, r.business_date, r.total_amount, r.session_id, r.share_id, r.issued_at, r.document
    FROM receipts r
    WHERE r.restaurant_id = $1
      AND (r.business_date, r.id) < (
        (SELECT least(b.business_date, coalesce($5::date + 1, 'infinity')) FROM (
          SELECT coalesce((SELECT c.business_date FROM receipts c WHERE c.restaurant_id = $1 AND c.id = $3), 'infinity') AS business_date) b),
        (SELECT CASE WHEN b.business_date <= coalesce($5::date, 'infinity') THEN coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
                     ELSE '00000000-0000-0000-0000-000000000000' END FROM (
          SELECT coalesce((SELECT c.business_date FROM receipts c WHERE c.restaurant_id = $1 AND c.id = $3), 'infinity') AS business_date) b))
      AND (r.business_date, r.id) > ((SELECT coalesce($4::date - 1, '-infinity')), 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY r.business_date DESC, r.id DESC
    LIMIT $2::integer + 1) f) p
