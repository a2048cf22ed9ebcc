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
    is_open = coalesce(($2::jsonb ->> 'is_open')::boolean, r.is_open),
    takeaway_at_tables = coalesce(($2::jsonb ->> 'takeaway_at_tables')::boolean, r.takeaway_at_tables),
    discount_reduces_tax = coalesce(($2::jsonb ->> 'discount_reduces_tax')::boolean, r.discount_reduces_tax),
    service_charge_ppm = coalesce(($2::jsonb ->> 'service_charge_ppm')::integer, r.service_charge_ppm),
    cash_rounding = CASE WHEN $2::jsonb ? 'cash_rounding'
      THEN ($2::jsonb ->> 'cash_rounding')::integer ELSE r.cash_rounding END,
    round_all_methods = coalesce(($2::jsonb ->> 'round_all_methods')::boolean, r.round_all_methods),
    takeaway_tax_rate_ppm = CASE WHEN $2::jsonb ? 'takeaway_tax_rate_ppm'
      THEN ($2::jsonb ->> 'takeaway_tax_rate_ppm')::integer ELSE r.takeaway_tax_rate_ppm END,
    service_charge_tax_rate_ppm = CASE WHEN $2::jsonb ? 'service_charge_tax_rate_ppm'
      THEN ($2::jsonb ->> 'service_charge_tax_rate_ppm')::integer ELSE r.service_charge_tax_rate_ppm END,
    legal_name = CASE WHEN $2::jsonb ? 'legal_name' THEN $2::jsonb ->> 'legal_name' ELSE r.legal_name END,
    address = CASE WHEN $2::jsonb ? 'address' THEN $2::jsonb ->> 'address' ELSE r.address END,
    tax_number = CASE WHEN $2::jsonb ? 'tax_number' THEN $2::jsonb ->> 'tax_number' ELSE r.tax_number END,
    receipt_footer = CASE WHEN $2::jsonb ? 'receipt_footer' THEN $2::jsonb ->> 'receipt_footer' ELSE r.receipt_footer END,
    day_close_hours = CASE WHEN $2::jsonb ? 'day_close_hours' THEN ($2::jsonb ->> 'day_close_hours')::smallint ELSE r.day_close_hours END,
    opening_hours = CASE WHEN $2::jsonb ? 'opening_hours' THEN nullif($2::jsonb -> 'opening_hours', 'null') ELSE r.opening_hours END,
    receipts_are_fiscal = coalesce(($2::jsonb ->> 'receipts_are_fiscal')::boolean, r.receipts_are_fiscal),
    receipt_at_settlement = coalesce(($2::jsonb ->> 'receipt_at_settlement')::boolean, r.receipt_at_settlement),
    fiscal_year_start = coalesce($2::jsonb ->> 'fiscal_year_start', r.fiscal_year_start),
    tax_parts = CASE WHEN $2::jsonb ? 'tax_parts' THEN nullif($2::jsonb -> 'tax_parts', 'null') ELSE r.tax_parts END
WHERE r.id = $1
