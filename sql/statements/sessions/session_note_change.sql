-- A session shows its diners: polling clients see who joined, though that does not
-- raise the version.
UPDATE sessions s SET changed_xid = s.changed_xid WHERE s.restaurant_id = $1 AND s.id = $2
