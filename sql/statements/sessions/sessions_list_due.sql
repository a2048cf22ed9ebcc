-- A page of the unsettled sessions, running or not, newest first: of which something is due,
-- by orders_due, which has the unpaid orders only, or which have credit, by sessions_credit.
SELECT json_build_object(
  'data', coalesce(json_agg(session_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT b.id
    FROM (
      (SELECT DISTINCT o.session_id AS id
       FROM orders o
       WHERE o.restaurant_id = $1 AND o.session_id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
         AND o.payment_status IN ('unpaid', 'partially_paid') AND o.status <> 'cancelled' AND o.deleted_at IS NULL
         AND o.session_id IS NOT NULL
       ORDER BY o.session_id DESC
       LIMIT $2::integer + 1)
      UNION
      (SELECT s.id
       FROM sessions s
       WHERE s.restaurant_id = $1 AND s.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff') AND s.has_credit
       ORDER BY s.id DESC
       LIMIT $2::integer + 1)) b
    ORDER BY b.id DESC
    LIMIT $2::integer + 1) f) p
