SELECT q.status, q.result
FROM sync_queue q
WHERE q.restaurant_id = $1 AND q.caller = $2 AND q.client_id = $3 AND q.change_id = $4
