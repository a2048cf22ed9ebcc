UPDATE shares h SET session_id = $3 WHERE h.restaurant_id = $1 AND h.session_id = $2
