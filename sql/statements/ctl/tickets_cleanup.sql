-- Up to $1 tickets that have expired.
DELETE FROM event_tickets t
USING (
  SELECT x.restaurant_id, x.ticket_hash
  FROM event_tickets x
  WHERE x.expires_at < now()
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED) x
WHERE t.restaurant_id = x.restaurant_id AND t.ticket_hash = x.ticket_hash
