-- $4: seconds for which the account refuses, 0 for none.
UPDATE staff s
SET failed_logins = $3::integer,
    locked_until = CASE WHEN $4::integer > 0 THEN now() + make_interval(secs => $4::integer) END
WHERE s.restaurant_id = $1 AND s.id = $2
