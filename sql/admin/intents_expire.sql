-- Online payments that were begun and not heard of again.
UPDATE payment_intents i SET status = 'expired'
WHERE i.status = 'pending' AND i.expires_at <= now()
