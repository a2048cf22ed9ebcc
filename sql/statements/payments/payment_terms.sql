SELECT cash_coin(r.currency, r.cash_rounding) AS coin, r.round_all_methods, r.currency, r.receipt_at_settlement
FROM restaurants r
WHERE r.id = $1
