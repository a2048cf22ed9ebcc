-- Whom an online payment is for: a guest's part, a share of a split.
ALTER TABLE payment_intents ADD COLUMN for_diner_id uuid;
ALTER TABLE payment_intents ADD COLUMN share_id uuid;
