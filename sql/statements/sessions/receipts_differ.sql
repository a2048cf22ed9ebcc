-- Whether, of the sessions that were merged into one ($2), one has receipts for its shares and another
-- for its orders.
SELECT receipt_issued($1, receipt_parts($1, $2)) <> '{}'
  AND cardinality(receipt_standing($1, $2, false)) < cardinality(receipt_standing($1, $2, true)) AS found
