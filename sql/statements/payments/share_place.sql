SELECT h.session_id FROM shares h WHERE h.restaurant_id = $1 AND h.id = $2 AND h.ended_at IS NULL
