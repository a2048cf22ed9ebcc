-- Not tried: as they were.
UPDATE sync_logs l SET locked_until = NULL
FROM unnest($2::text[], $3::uuid[]) AS n (type, id)
WHERE l.restaurant_id = $1 AND l.entity_type = n.type AND l.entity_id = n.id
