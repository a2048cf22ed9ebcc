-- The bill is split again, or no longer split: shares of which nothing was paid end, and the others
-- come to what was paid of them.
UPDATE shares h
SET amount = h.paid, ended_at = CASE WHEN h.paid = 0 THEN now() END, is_cut = h.is_cut OR (h.paid > 0 AND h.paid < h.amount)
WHERE h.restaurant_id = $1 AND h.session_id = $2 AND h.ended_at IS NULL
