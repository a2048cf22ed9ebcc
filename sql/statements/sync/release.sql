-- Rows that were not tried: as they were.
-- Skips locked rows; returns those it wrote.
WITH n AS (
  SELECT l.entity_type AS type, l.entity_id AS id
  FROM unnest($2::text[], $3::uuid[]) AS k (type, id)
  JOIN sync_logs l ON l.restaurant_id = $1 AND l.entity_type = k.type AND l.entity_id = k.id
  FOR UPDATE OF l SKIP LOCKED)
UPDATE sync_logs l SET locked_until = NULL
FROM n
WHERE l.restaurant_id = $1 AND l.entity_type = n.type AND l.entity_id = n.id
RETURNING l.entity_type, l.entity_id
