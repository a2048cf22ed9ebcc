SELECT json_build_object(
    'id', i.id, 'order_id', i.order_id, 'session_id', i.session_id, 'provider', i.provider,
    'amount', i.amount, 'tip_amount', i.tip_amount, 'charge_amount', i.amount + i.tip_amount,
    'currency', i.currency, 'status', i.status, 'expires_at', rfc3339(i.expires_at),
    'diner_id', i.diner_id, 'staff_id', i.staff_id, 'version', i.version,
    'created_at', rfc3339(i.created_at)) AS answer,
  i.version
FROM payment_intents i
WHERE i.restaurant_id = $1 AND i.id = $2
