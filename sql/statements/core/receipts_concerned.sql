-- The receipts that may need a credit note when orders ($2) come to something else: those of the orders, and, if the bill
-- has receipts for its shares, the last one of each share. is_last: no other share's receipt comes after it.
-- OFFSET 0 makes PostgreSQL look up the receipts of each order by their index, and not read all of the restaurant's.
SELECT r.id, r.is_part AND row_number() OVER (ORDER BY r.is_part, r.issued_at, r.id) = count(*) OVER () AS is_last
FROM receipts r
WHERE r.restaurant_id = $1 AND r.kind = 'receipt'
  AND r.id IN (
    SELECT k.receipt_id
    FROM unnest($2::uuid[]) AS o (id)
    CROSS JOIN LATERAL (
      SELECT c.receipt_id
      FROM receipt_orders c
      WHERE c.restaurant_id = $1 AND c.order_id = o.id
      OFFSET 0) AS k)
  AND NOT EXISTS (
    SELECT FROM receipts n
    WHERE n.restaurant_id = $1 AND n.share_id = r.share_id AND n.kind = 'receipt' AND n.is_part
      AND (n.issued_at, n.id) > (r.issued_at, r.id))
ORDER BY r.is_part, r.issued_at, r.id
