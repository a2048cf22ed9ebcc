-- Whether a share came to what was paid of it when its bill was split again: the rest of what it had was
-- divided anew.
ALTER TABLE shares ADD COLUMN is_cut boolean NOT NULL DEFAULT false;
