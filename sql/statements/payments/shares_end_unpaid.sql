UPDATE shares h SET ended_at = now()
WHERE h.restaurant_id = $1 AND h.session_id = $2 AND h.ended_at IS NULL AND h.paid = 0
