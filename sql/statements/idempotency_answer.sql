SELECT k.answer, 1 AS version
FROM idempotency_keys k
WHERE k.restaurant_id = $1 AND k.caller = $2 AND k.key = $3
