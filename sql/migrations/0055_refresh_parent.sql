-- The token that this one was given for; NULL at the beginning of a sign-in, and in what
-- the previous version writes.
ALTER TABLE refresh_tokens ADD COLUMN parent_id uuid;
