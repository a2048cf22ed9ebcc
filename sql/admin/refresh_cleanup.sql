-- A used token is kept until it would have expired, so that its second use
-- is noticed.
DELETE FROM refresh_tokens t WHERE t.expires_at <= now() - interval '1 day'
