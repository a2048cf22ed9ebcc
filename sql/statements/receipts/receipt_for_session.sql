-- What became of it.
SELECT receipt_of_session($1, $2::uuid, $3::uuid, $4::uuid, $5::jsonb) AS outcome
