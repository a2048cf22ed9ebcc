SELECT idempotency_cleanup($1::integer) AS ended
