-- What became of it.
SELECT receipt_of_order($1, $2::uuid, $3::uuid, $4::jsonb) AS outcome
