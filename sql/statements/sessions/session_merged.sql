-- It goes on in another session, where its guests count.
UPDATE sessions s SET status = 'closed', closed_at = now(), closed_by_staff_id = $3, guest_count = NULL
WHERE s.restaurant_id = $1 AND s.id = $2
