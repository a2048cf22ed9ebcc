-- A page of the payments of one order ($4), newest first: those that paid it, and
-- those made for it that found nothing due.
SELECT json_build_object(
  'data', coalesce(json_agg(payment_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT p.id
    FROM payments p
    WHERE p.restaurant_id = $1 AND ($5::uuid IS NULL OR p.session_id = $5)
      AND p.id IN (
        SELECT a.payment_id
        FROM payment_allocations a
        WHERE a.restaurant_id = $1 AND a.order_id = $4::uuid
        UNION ALL
        SELECT q.id
        FROM payments q
        WHERE q.restaurant_id = $1 AND q.order_id = $4::uuid)
      AND p.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY p.id DESC
    LIMIT $2::integer + 1) f) p
