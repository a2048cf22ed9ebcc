-- The shares of a session's bill; no row if it is not split. Those of an earlier
-- split that were paid are there, too.
SELECT json_build_object(
    'session_id', s.id, 'by', (array_agg(h.split_by ORDER BY h.created_at DESC, h.id DESC))[1],
    'shares', json_agg(json_build_object(
        'id', h.id, 'label', h.label, 'diner_id', h.diner_id, 'amount', h.amount, 'paid', h.paid,
        'due', greatest(h.amount - h.paid, 0), 'credit', greatest(h.paid - h.amount, 0), 'items', h.items)
      ORDER BY h.created_at, h.id)) AS answer
FROM sessions s
JOIN shares h ON h.restaurant_id = s.restaurant_id AND h.session_id = s.id AND h.ended_at IS NULL
WHERE s.restaurant_id = $1 AND s.id = $2
GROUP BY s.id
