SELECT outbox_cleanup($1::integer) AS ended
