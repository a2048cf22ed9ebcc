SELECT json_build_object(
    'provider', v.provider, 'created_at', rfc3339(v.created_at), 'updated_at', rfc3339(v.updated_at)) AS answer
FROM payment_providers v
WHERE v.restaurant_id = $1 AND v.provider = $2
