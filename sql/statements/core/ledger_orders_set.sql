-- What orders ($2) stand at ($3, $4; NULL: as before), whether they are paid, and their
-- status: in one change, since clients count changes. ANY: each by its key, however few orders there are.
UPDATE orders o
SET payment_status = n.payment_status, status = n.status, standing = coalesce(n.standing, o.standing),
    standing_total = coalesce(n.total, o.standing_total),
    deleted_at = CASE WHEN n.is_deleted THEN coalesce(o.deleted_at, now()) END
FROM unnest($2::uuid[], $3::jsonb[], $4::bigint[], $5::text[], $6::text[], $7::boolean[])
  AS n (id, standing, total, payment_status, status, is_deleted)
WHERE o.restaurant_id = $1 AND o.id = ANY ($2::uuid[]) AND o.id = n.id
