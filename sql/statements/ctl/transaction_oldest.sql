-- Whose transaction has been open longest, except our own.
SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename) AS name,
       extract(epoch FROM now() - a.xact_start)::bigint AS seconds
FROM pg_stat_activity a
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
ORDER BY a.xact_start
LIMIT 1
