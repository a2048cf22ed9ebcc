-- A guest who was sent away; the sign-in whose token is good (NULL: the one that came with
-- joining); and a code that lets in who lost it, as a keyed hash.
ALTER TABLE users ADD COLUMN removed_at timestamptz;
ALTER TABLE users ADD COLUMN sign_in_id uuid;
ALTER TABLE users ADD COLUMN link_hash bytea;
ALTER TABLE users ADD COLUMN link_expires_at timestamptz;
