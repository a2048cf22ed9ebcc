-- No row: it was printed before.
UPDATE receipts r SET printed_at = now()
WHERE r.restaurant_id = $1 AND r.id = $2 AND r.printed_at IS NULL
RETURNING id
