-- What the documents of a table's session come to, by rate: the base of its tax
-- (src/domain/tax.h). Each order changes it; no trigger looks at it.
ALTER TABLE sessions ADD COLUMN sums text;
ALTER TABLE sessions SET (fillfactor = 70);
