SELECT json_build_object('data', coalesce(json_agg(json_build_object(
    'provider', v.provider, 'created_at', rfc3339(v.created_at), 'updated_at', rfc3339(v.updated_at))
    ORDER BY v.provider), '[]'::json)) AS answer
FROM payment_providers v
WHERE v.restaurant_id = $1
