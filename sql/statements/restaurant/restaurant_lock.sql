SELECT r.version, r.currency FROM restaurants r WHERE r.id = $1 FOR NO KEY UPDATE
