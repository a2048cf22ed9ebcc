SELECT json_build_object(
    'business_date', b.business_date, 'number', b.number, 'closed_by', b.closed_by, 'closed_at', rfc3339(b.closed_at),
    'was_forced', b.was_forced, 'report', b.report) AS answer
FROM business_days b
WHERE b.restaurant_id = $1 AND b.business_date = $2::date
