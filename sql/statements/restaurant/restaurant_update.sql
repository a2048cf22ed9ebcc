UPDATE restaurants r
SET name = coalesce($2::jsonb ->> 'name', r.name),
    currency = coalesce($2::jsonb ->> 'currency', r.currency),
    timezone = coalesce($2::jsonb ->> 'timezone', r.timezone),
    business_day_start = coalesce(($2::jsonb ->> 'business_day_start')::time, r.business_day_start),
    tax_rate_ppm = coalesce(($2::jsonb ->> 'tax_rate_ppm')::integer, r.tax_rate_ppm),
    prices_include_tax = coalesce(($2::jsonb ->> 'prices_include_tax')::boolean, r.prices_include_tax),
    pin_length = coalesce(($2::jsonb ->> 'pin_length')::smallint, r.pin_length),
    session_expiry_minutes = coalesce(($2::jsonb ->> 'session_expiry_minutes')::integer, r.session_expiry_minutes),
    session_opening = coalesce($2::jsonb ->> 'session_opening', r.session_opening),
    is_open = coalesce(($2::jsonb ->> 'is_open')::boolean, r.is_open)
WHERE r.id = $1
