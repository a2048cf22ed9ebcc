-- The payments an intent led to, and whether one has this reference ($3).
SELECT p.id, p.provider_ref IS NOT DISTINCT FROM $3 AS is_same, p.flag
FROM payments p
WHERE p.restaurant_id = $1 AND p.intent_id = $2::uuid
ORDER BY p.provider_ref IS NOT DISTINCT FROM $3 DESC, p.id
