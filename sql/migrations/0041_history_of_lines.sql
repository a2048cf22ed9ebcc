-- A line that was taken a step back stands in its order's history. No foreign key: it
-- would lock the lines for each row of a history, and lines are never deleted.
ALTER TABLE order_status_history ADD COLUMN order_item_id uuid;
