-- What the claimed rows should be in the mirror; for missing ones a delete at the
-- outbox's version.
SELECT coalesce(
  sync_doc($1::uuid, n.type, n.id),
  jsonb_build_object('op', 'delete', 'entity', n.type, 'pgId', n.id, 'restaurantId', $1::uuid, 'version', n.version)) AS doc
FROM unnest($2::text[], $3::uuid[], $4::bigint[]) WITH ORDINALITY AS n (type, id, version, place)
ORDER BY n.place
