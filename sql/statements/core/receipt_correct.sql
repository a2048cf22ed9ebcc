-- The credit note $2, if the receipt $3 needs one.
SELECT receipt_correct($1, $2::uuid, $3::uuid, $4::boolean, $5::uuid) AS done
