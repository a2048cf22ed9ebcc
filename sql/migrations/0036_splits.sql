-- A bill that is split stays split: who pays what is stored, and payments name their
-- share.
CREATE TABLE shares (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  split_by text NOT NULL CHECK (split_by IN ('diner', 'equal', 'item')),
  label text CHECK (length(label) BETWEEN 1 AND 60),
  diner_id uuid,
  -- What is ordered for nobody's share in particular.
  is_rest boolean NOT NULL DEFAULT false,
  items jsonb,
  amount bigint NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
  paid bigint NOT NULL DEFAULT 0 CHECK (paid BETWEEN 0 AND 9007199254740991),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Set when the bill was split again, or the split was ended, before anything was paid of the share.
  ended_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id)
);
CREATE INDEX shares_session ON shares (restaurant_id, session_id);
CREATE TRIGGER guard_delete BEFORE DELETE ON shares
  FOR EACH ROW EXECUTE FUNCTION refuse_change('shares');

ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE shares FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shares
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON shares TO orderzap_app;
