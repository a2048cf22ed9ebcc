INSERT INTO order_status_history
  (restaurant_id, id, order_id, from_status, to_status, actor_role, actor_id, reason, order_item_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
