-- alone
CREATE INDEX CONCURRENTLY orders_due ON orders (restaurant_id, session_id)
  WHERE payment_status IN ('unpaid', 'partially_paid') AND status <> 'cancelled' AND deleted_at IS NULL AND session_id IS NOT NULL;
