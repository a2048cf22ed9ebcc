UPDATE payments p SET voided_at = now(), voided_by = $3, void_reason = $4 WHERE p.restaurant_id = $1 AND p.id = $2
