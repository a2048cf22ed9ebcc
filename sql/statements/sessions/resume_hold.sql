-- Held by everybody who tries a code, so that tries follow one another.
SELECT r.id FROM restaurants r WHERE r.id = $1 FOR NO KEY UPDATE
