DELETE FROM idempotency_keys k WHERE k.created_at <= now() - interval '24 hours'
