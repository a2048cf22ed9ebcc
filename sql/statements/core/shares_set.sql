-- What shares ($2) come to and what was paid of them.
UPDATE shares h SET amount = n.amount, paid = n.paid
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS n (id, amount, paid)
WHERE h.restaurant_id = $1 AND h.id = n.id AND (h.amount, h.paid) IS DISTINCT FROM (n.amount, n.paid)
