SELECT json_build_object(
    'id', r.id, 'slug', r.slug, 'name', r.name, 'currency', r.currency,
    'currency_exponent', currency_exponent(r.currency), 'timezone', r.timezone,
    'business_day_start', to_char(r.business_day_start, 'HH24:MI'), 'tax_rate_ppm', r.tax_rate_ppm,
    'prices_include_tax', r.prices_include_tax, 'pin_length', r.pin_length,
    'session_expiry_minutes', r.session_expiry_minutes, 'session_opening', r.session_opening,
    'is_open', r.is_open, 'takeaway_tax_rate_ppm', r.takeaway_tax_rate_ppm,
    'takeaway_at_tables', r.takeaway_at_tables, 'discount_reduces_tax', r.discount_reduces_tax,
    'service_charge_ppm', r.service_charge_ppm, 'service_charge_tax_rate_ppm', r.service_charge_tax_rate_ppm,
    'tax_parts', r.tax_parts, 'cash_rounding', cash_coin(r.currency, r.cash_rounding), 'round_all_methods', r.round_all_methods,
    'legal_name', r.legal_name, 'address', r.address, 'tax_number', r.tax_number, 'receipt_footer', r.receipt_footer,
    'receipts_are_fiscal', r.receipts_are_fiscal, 'receipt_at_settlement', r.receipt_at_settlement,
    'fiscal_year_start', r.fiscal_year_start, 'opening_hours', coalesce(r.opening_hours, '[]'::jsonb),
    'day_close_hours', r.day_close_hours, 'closed_through', r.closed_through, 'menu_version', r.menu_version, 'version', r.version,
    'created_at', rfc3339(r.created_at), 'updated_at', rfc3339(r.updated_at)) AS answer,
  r.version
FROM restaurants r
WHERE r.id = $1
