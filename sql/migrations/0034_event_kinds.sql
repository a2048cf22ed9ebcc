-- A provider also says whether money was given back.
ALTER TABLE payment_events ADD COLUMN refund_id uuid;
ALTER TABLE payment_events DROP CONSTRAINT payment_events_status_check;
ALTER TABLE payment_events ADD CONSTRAINT payment_events_status_check
  CHECK (status IN ('captured', 'failed', 'refunded', 'refund_failed')) NOT VALID;
