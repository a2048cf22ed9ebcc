SELECT EXISTS (
  SELECT FROM shares h WHERE h.restaurant_id = $1 AND h.session_id = $2 AND h.ended_at IS NULL) AS found
