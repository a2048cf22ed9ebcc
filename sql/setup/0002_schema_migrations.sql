-- The record of what was applied to this database. kind: migration|function.
CREATE TABLE IF NOT EXISTS public.schema_migrations (
  kind text NOT NULL,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, name)
);
