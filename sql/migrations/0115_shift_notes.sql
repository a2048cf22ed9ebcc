-- What staff write down for those who come after them. Never changed: who was told what can be looked up.
CREATE TABLE shift_notes (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  staff_id uuid NOT NULL,
  note text NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX shift_notes_day ON shift_notes (restaurant_id, business_date, id);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON shift_notes
  FOR EACH ROW EXECUTE FUNCTION refuse_change('shift_notes');

ALTER TABLE shift_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE shift_notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shift_notes
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT ON shift_notes TO orderzap_app;
