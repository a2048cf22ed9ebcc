-- A session shows its diners: who polls is told of who joined, though no
-- version counts that.
UPDATE sessions s SET changed_xid = s.changed_xid WHERE s.restaurant_id = $1 AND s.id = $2
