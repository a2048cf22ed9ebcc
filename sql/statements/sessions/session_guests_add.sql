-- The session ($2) that the guests of another ($3) come to: both counts together, as far as they are known.
UPDATE sessions s
SET version = s.version, guest_count = CASE WHEN num_nonnulls(s.guest_count, f.guest_count) > 0
  THEN least(coalesce(s.guest_count, 0) + coalesce(f.guest_count, 0), 500) END
FROM sessions f
WHERE s.restaurant_id = $1 AND s.id = $2 AND f.restaurant_id = $1 AND f.id = $3
