-- Counted, so that it reads the same rows wherever those lie that have ended.
SELECT count(*) > 0 AS found
FROM shares h
WHERE h.restaurant_id = $1 AND h.session_id = $2 AND h.ended_at IS NULL
