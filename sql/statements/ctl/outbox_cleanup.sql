-- Up to $1 rows that the mirror has had for a day; what changes just now is not waited for.
WITH due AS MATERIALIZED (
  SELECT l.restaurant_id, l.entity_type, l.entity_id
  FROM sync_logs l
  WHERE l.convex_sync_status = 'synced' AND l.last_sync_at < now() - interval '1 day'
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED)
DELETE FROM sync_logs d
USING due
WHERE d.restaurant_id = due.restaurant_id AND d.entity_type = due.entity_type AND d.entity_id = due.entity_id
