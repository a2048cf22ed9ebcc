-- Of a session ($2), an order ($3) or a share of the session ($4).
SELECT s.answer FROM receipt_shown($1, $2::uuid, $3::uuid, $4::uuid, false) s
