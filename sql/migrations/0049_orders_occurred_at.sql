-- When an order was taken offline, by the client's clock; NULL for all others.
ALTER TABLE orders ADD COLUMN occurred_at timestamptz;
