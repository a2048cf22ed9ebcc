-- Whether the share was lowered to what was paid of it when its bill was split again. It then no longer
-- has all that it is for: what it had not paid was divided among the new shares.
ALTER TABLE shares ADD COLUMN is_cut boolean NOT NULL DEFAULT false;
