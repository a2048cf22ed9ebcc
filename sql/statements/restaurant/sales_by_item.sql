-- Sales of each item of the menu under the name it was last sold by, the
-- largest first; the last row is their sum. An order of two items counts in both
-- rows, so the numbers of orders are not summed.
SELECT i.menu_item_id, i.name, i.category, coalesce(sum(i.quantity), 0) AS quantity,
  CASE WHEN grouping(i.menu_item_id) = 0 THEN sum(i.orders) END AS orders, coalesce(sum(i.subtotal), 0) AS subtotal
FROM (
  SELECT s.menu_item_id, s.name, c.name AS category, s.quantity, s.orders, s.subtotal
  FROM (
    SELECT l.menu_item_id, count(DISTINCT l.order_id) AS orders, sum(l.quantity) AS quantity,
      sum(l.subtotal) AS subtotal,
      (array_agg(l.name ORDER BY o.business_date DESC, o.order_number DESC, l.position DESC))[1] AS name
    FROM orders o
    JOIN order_items l ON l.restaurant_id = o.restaurant_id AND l.order_id = o.id
    WHERE o.restaurant_id = $1 AND o.business_date BETWEEN $2 AND $3
      AND o.status <> 'cancelled' AND o.deleted_at IS NULL
    GROUP BY l.menu_item_id) s
  JOIN menu_items m ON m.restaurant_id = $1 AND m.id = s.menu_item_id
  JOIN menu_categories c ON c.restaurant_id = m.restaurant_id AND c.id = m.category_id) i
GROUP BY GROUPING SETS ((i.menu_item_id, i.name, i.category), ())
ORDER BY grouping(i.menu_item_id), sum(i.subtotal) DESC, i.name COLLATE "C", i.menu_item_id
