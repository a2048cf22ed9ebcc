-- Up to $1 tickets that have expired.
WITH due AS MATERIALIZED (
  SELECT x.restaurant_id, x.ticket_hash
  FROM event_tickets x
  WHERE x.expires_at < now()
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED)
DELETE FROM event_tickets t
USING due
WHERE t.restaurant_id = due.restaurant_id AND t.ticket_hash = due.ticket_hash
