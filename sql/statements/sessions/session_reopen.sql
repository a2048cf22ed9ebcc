UPDATE sessions s
SET status = 'active', closed_at = NULL, closed_by_staff_id = NULL,
    expires_at = now() + make_interval(mins => r.session_expiry_minutes)
FROM restaurants r
WHERE r.id = $1 AND s.restaurant_id = $1 AND s.id = $2
