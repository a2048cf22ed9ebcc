-- What a guest ($3) is shown of the own session ($2): the share that was asked for ($4), if it is the guest's
-- or nobody's in particular; else the guest's own share of a bill that is split, unless the bill has receipts of
-- whole orders; else the session's.
SELECT s.answer
FROM (
  SELECT CASE WHEN $4::uuid IS NULL THEN (
      SELECT h.id
      FROM shares h
      WHERE h.restaurant_id = $1 AND h.session_id = $2 AND h.diner_id = $3 AND h.ended_at IS NULL
        AND NOT EXISTS (
          SELECT FROM orders o
          JOIN receipt_orders c ON c.restaurant_id = o.restaurant_id AND c.order_id = o.id AND c.covers = 'order'
          WHERE o.restaurant_id = $1 AND o.session_id = $2)
      ORDER BY h.created_at DESC, h.id DESC
      LIMIT 1)
    ELSE (
      SELECT h.id
      FROM shares h
      WHERE h.restaurant_id = $1 AND h.id = $4 AND h.session_id = $2 AND (h.diner_id IS NULL OR h.diner_id = $3))
    END AS share_id) x
CROSS JOIN LATERAL receipt_shown($1, $2::uuid, NULL, x.share_id, true) s
WHERE $4::uuid IS NULL OR x.share_id IS NOT NULL
