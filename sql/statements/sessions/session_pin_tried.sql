-- $4: seconds for which the session refuses to be joined, 0 for none.
UPDATE sessions s
SET pin_failures = $3::integer,
    pin_locked_until = CASE WHEN $4::integer > 0 THEN now() + make_interval(secs => $4::integer) END
WHERE s.restaurant_id = $1 AND s.id = $2
