-- From the present end, or from now where that is past; at most a day.
UPDATE sessions s
SET expires_at = least(greatest(s.expires_at, now()) + make_interval(mins => $3::integer), now() + interval '24 hours')
WHERE s.restaurant_id = $1 AND s.id = $2
