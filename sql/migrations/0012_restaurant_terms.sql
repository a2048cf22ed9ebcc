-- What a restaurant's bills are made by: rates for what is taken away, the service
-- charge, parts of the tax, coins.
ALTER TABLE restaurants ADD COLUMN takeaway_tax_rate_ppm integer;
ALTER TABLE restaurants ADD COLUMN takeaway_at_tables boolean NOT NULL DEFAULT false;
ALTER TABLE restaurants ADD COLUMN discount_reduces_tax boolean NOT NULL DEFAULT true;
ALTER TABLE restaurants ADD COLUMN service_charge_ppm integer NOT NULL DEFAULT 0;
ALTER TABLE restaurants ADD COLUMN service_charge_tax_rate_ppm integer;
-- [{name, share_ppm}]: shares of each rate, which add up to a million; NULL: undivided.
ALTER TABLE restaurants ADD COLUMN tax_parts jsonb;
-- NULL: what the currency has.
ALTER TABLE restaurants ADD COLUMN cash_rounding integer;
ALTER TABLE restaurants ADD COLUMN round_all_methods boolean NOT NULL DEFAULT false;
ALTER TABLE restaurants
  ADD CONSTRAINT restaurants_terms CHECK (
    takeaway_tax_rate_ppm BETWEEN 0 AND 1000000 AND service_charge_ppm BETWEEN 0 AND 1000000
    AND service_charge_tax_rate_ppm BETWEEN 0 AND 1000000 AND cash_rounding BETWEEN 1 AND 100000) NOT VALID;
CREATE OR REPLACE TRIGGER raise_version BEFORE UPDATE OF slug, name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length,
    session_expiry_minutes, session_opening, is_open, takeaway_tax_rate_ppm, takeaway_at_tables, discount_reduces_tax,
    service_charge_ppm, service_charge_tax_rate_ppm, tax_parts, cash_rounding, round_all_methods, version ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER raise_menu_version BEFORE UPDATE OF slug, name, currency, timezone, tax_rate_ppm, prices_include_tax,
    pin_length, session_opening, is_open, takeaway_tax_rate_ppm, takeaway_at_tables, service_charge_ppm,
    service_charge_tax_rate_ppm ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_menu_version();
GRANT UPDATE (takeaway_tax_rate_ppm, takeaway_at_tables, discount_reduces_tax, service_charge_ppm,
              service_charge_tax_rate_ppm, tax_parts, cash_rounding, round_all_methods)
  ON restaurants TO orderzap_app;
