-- Nobody has to wait at the account's door any longer. What is known of
-- networks that were let in stays.
DELETE FROM door_addresses d
WHERE d.restaurant_id = $1 AND d.door_id = $2 AND (NOT d.is_known OR d.failures > 0)
