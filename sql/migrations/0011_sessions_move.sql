-- A session may move to another table, or into another session; its orders and
-- payments go along. What was ordered and paid stays as it was.
DROP TRIGGER guard ON orders;
CREATE TRIGGER guard BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION guard_columns('orders', 'status', 'payment_status', 'version', 'updated_at', 'deleted_at', 'table_id', 'session_id');
DROP TRIGGER guard ON payments;
CREATE TRIGGER guard BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payments', 'version', 'updated_at', 'session_id');
GRANT UPDATE (table_id, session_id) ON orders TO orderzap_app;
GRANT UPDATE (session_id) ON payments TO orderzap_app;
