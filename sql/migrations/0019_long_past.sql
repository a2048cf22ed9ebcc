-- What is asked for often is found without reading a restaurant's past.

-- The kitchen's orders and lists by status; it takes the place of the index that
-- had the kitchen's alone.
CREATE INDEX orders_status ON orders (restaurant_id, status, business_date, order_number);
DROP INDEX orders_in_kitchen;

-- What a diner began to pay.
CREATE INDEX payment_intents_pending ON payment_intents (restaurant_id, diner_id) WHERE status = 'pending';
