-- Nobody has to wait any longer to sign in to the account. Networks that were let
-- in stay known.
DELETE FROM door_addresses d
WHERE d.restaurant_id = $1 AND d.door_id = $2 AND (NOT d.is_known OR d.failures > 0)
