-- Valid once: deleting the ticket uses it.
DELETE FROM event_tickets t
WHERE t.restaurant_id = $1 AND t.ticket_hash = $2 AND t.expires_at > now()
RETURNING role, caller_id, family_id
