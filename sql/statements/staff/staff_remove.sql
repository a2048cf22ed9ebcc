-- The row stays for the histories; its address is free again.
UPDATE staff s
SET deleted_at = now(), is_active = false, email = s.id || '@deleted.invalid'
WHERE s.restaurant_id = $1 AND s.id = $2
