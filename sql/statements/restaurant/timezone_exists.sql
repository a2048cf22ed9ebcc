-- Names from the IANA time zone database: with an area, or UTC.
SELECT z.name
FROM pg_timezone_names z
WHERE z.name = $1 AND (z.name = 'UTC' OR (z.name LIKE '%/%' AND z.name NOT LIKE 'posix/%' AND z.name NOT LIKE 'right/%'))
