-- What managing a restaurant by the API needs.
GRANT UPDATE (name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax,
              pin_length, session_expiry_minutes, session_opening, is_open, version)
  ON restaurants TO orderzap_app;
