-- Whether this session holds migration_lock.sql's lock and does not act as a superuser.
SELECT EXISTS (
    SELECT FROM pg_locks l
    WHERE l.locktype = 'advisory' AND l.pid = pg_backend_pid()
      AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
      AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('orderzap migrate', 0))
  AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) AS is_ours
