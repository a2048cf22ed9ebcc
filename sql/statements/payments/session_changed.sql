-- Those who listen read the session again.
UPDATE sessions s SET version = s.version WHERE s.restaurant_id = $1 AND s.id = $2
