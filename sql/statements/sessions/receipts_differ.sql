-- Whether of the sessions that were merged into one ($2) the one has receipts by shares, the other
-- by orders.
SELECT receipt_issued($1, receipt_parts($1, $2)) <> '{}'
  AND cardinality(receipt_standing($1, $2, false)) < cardinality(receipt_standing($1, $2, true)) AS found
