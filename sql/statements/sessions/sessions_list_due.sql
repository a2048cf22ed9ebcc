-- A page of the sessions of which something is due, running or not, newest first. By
-- orders_due, which has the unpaid orders only.
SELECT json_build_object(
  'data', coalesce(json_agg(session_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT DISTINCT o.session_id AS id
    FROM orders o
    WHERE o.restaurant_id = $1 AND o.session_id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND o.payment_status IN ('unpaid', 'partially_paid') AND o.status <> 'cancelled' AND o.deleted_at IS NULL
      AND o.session_id IS NOT NULL
    ORDER BY o.session_id DESC
    LIMIT $2::integer + 1) f) p
