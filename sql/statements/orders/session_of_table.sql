SELECT s.id, s.sums,
  date_part('epoch', s.expires_at - now())::bigint AS seconds_left
FROM sessions s
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id))
FOR NO KEY UPDATE
