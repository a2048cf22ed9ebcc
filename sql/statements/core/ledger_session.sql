-- FOR NO KEY UPDATE: what happens to a session's orders and their money happens one
-- after the other.
SELECT s.sums
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR NO KEY UPDATE
