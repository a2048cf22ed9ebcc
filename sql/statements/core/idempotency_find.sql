-- A key is forgotten after 24 hours; until cleanup comes, its row is there.
SELECT k.request_hash, k.status, k.location, k.etag, k.answer, k.is_sealed,
       k.created_at <= now() - interval '24 hours' AS is_old
FROM idempotency_keys k
WHERE k.restaurant_id = $1 AND k.caller = $2 AND k.key = $3
