-- What a restaurant's receipts say of it, when its year begins, when it is open, and how far its
-- days are closed.
ALTER TABLE restaurants ADD COLUMN legal_name text;
ALTER TABLE restaurants ADD COLUMN address text;
ALTER TABLE restaurants ADD COLUMN tax_number text;
ALTER TABLE restaurants ADD COLUMN receipt_footer text;
ALTER TABLE restaurants ADD COLUMN receipts_are_fiscal boolean NOT NULL DEFAULT true;
ALTER TABLE restaurants ADD COLUMN receipt_at_settlement boolean NOT NULL DEFAULT false;
-- MM-DD: receipts are numbered from one again on that day.
ALTER TABLE restaurants ADD COLUMN fiscal_year_start text NOT NULL DEFAULT '01-01';
-- [{days, from, to}]: shown, and decides nothing.
ALTER TABLE restaurants ADD COLUMN opening_hours jsonb;
-- Hours after its end at which a day that nobody closed is closed; NULL: never.
ALTER TABLE restaurants ADD COLUMN day_close_hours smallint DEFAULT 24;
-- The last business day that is closed: no document is of it or of an earlier one.
ALTER TABLE restaurants ADD COLUMN closed_through date;
ALTER TABLE restaurants
  ADD CONSTRAINT restaurants_papers CHECK (
    length(legal_name) BETWEEN 1 AND 200 AND length(address) BETWEEN 1 AND 500 AND length(tax_number) BETWEEN 1 AND 60
    AND length(receipt_footer) BETWEEN 1 AND 1000 AND fiscal_year_start ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'
    AND day_close_hours BETWEEN 0 AND 720) NOT VALID;
CREATE OR REPLACE TRIGGER raise_version BEFORE UPDATE OF slug, name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length,
    session_expiry_minutes, session_opening, is_open, takeaway_tax_rate_ppm, takeaway_at_tables, discount_reduces_tax,
    service_charge_ppm, service_charge_tax_rate_ppm, tax_parts, cash_rounding, round_all_methods, legal_name, address,
    tax_number, receipt_footer, receipts_are_fiscal, receipt_at_settlement, fiscal_year_start, opening_hours,
    day_close_hours, version ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER raise_menu_version BEFORE UPDATE OF slug, name, currency, timezone, tax_rate_ppm, prices_include_tax,
    pin_length, session_opening, is_open, takeaway_tax_rate_ppm, takeaway_at_tables, service_charge_ppm,
    service_charge_tax_rate_ppm, address, tax_number, opening_hours ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_menu_version();
GRANT UPDATE (legal_name, address, tax_number, receipt_footer, receipts_are_fiscal, receipt_at_settlement,
              fiscal_year_start, opening_hours, day_close_hours, closed_through)
  ON restaurants TO orderzap_app;
