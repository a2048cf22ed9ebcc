SELECT r.version, r.currency, r.fiscal_year_start FROM restaurants r WHERE r.id = $1 FOR NO KEY UPDATE
