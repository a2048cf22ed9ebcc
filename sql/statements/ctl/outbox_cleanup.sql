-- Up to $1 rows that the mirror has had for a day; what changes just now is not waited for.
DELETE FROM sync_logs d
USING (
  SELECT l.restaurant_id, l.entity_type, l.entity_id
  FROM sync_logs l
  WHERE l.convex_sync_status = 'synced' AND l.last_sync_at < now() - interval '1 day'
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED) l
WHERE d.restaurant_id = l.restaurant_id AND d.entity_type = l.entity_type AND d.entity_id = l.entity_id
