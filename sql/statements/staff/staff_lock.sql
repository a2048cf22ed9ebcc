-- Held by everything that changes the account's sign-ins, so that they follow
-- one another.
SELECT s.password_hash
FROM staff s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR NO KEY UPDATE
