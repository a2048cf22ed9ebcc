-- Waits for the documents of all days that are being written, and holds the next ones back (check_day).
SELECT pg_advisory_xact_lock(hashtextextended('day ' || $1::uuid, 0)) AS done
