-- Whether a cursor is at most a day old and not from a later state of the
-- database than this one.
SELECT $1::xid8 <= pg_snapshot_xmax(pg_current_snapshot())
   AND to_timestamp($2::bigint) BETWEEN now() - interval '1 day' AND now() + interval '1 minute' AS is_fresh
