INSERT INTO event_tickets (restaurant_id, ticket_hash, role, caller_id, family_id, expires_at)
VALUES ($1, $2, $3, $4, $5, now() + interval '60 seconds')
