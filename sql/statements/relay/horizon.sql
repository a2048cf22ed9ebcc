-- The transactions that run: from the oldest to before `xmax`.
SELECT pg_snapshot_xmin(s.now) AS xmin, pg_snapshot_xmax(s.now) AS xmax,
       ARRAY(SELECT pg_snapshot_xip(s.now))::text AS running
FROM (SELECT pg_current_snapshot() AS now) s
