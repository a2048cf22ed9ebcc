-- Whether a session has credit, money owed back to its guests: written with sums by whatever
-- changes its bill. A column beside sums, so that an order, which only changes these,
-- leaves what is in an index as it is.
ALTER TABLE sessions ADD COLUMN has_credit boolean NOT NULL DEFAULT false;
