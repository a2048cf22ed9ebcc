-- Of an order that joins: it neither makes nor takes credit (ledger_sums_set.sql).
UPDATE sessions s SET sums = $3 WHERE s.restaurant_id = $1 AND s.id = $2
