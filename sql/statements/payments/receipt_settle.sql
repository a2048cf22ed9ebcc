-- The receipt $2 of the session $3, the order $4 or the share $5, if a payment has settled it.
SELECT receipt_at_settlement($1, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::jsonb) AS outcome
