-- The report by item as it was before business days were closed: read from the documents of the whole period.
-- Kept to be measured beside the present one, by bench/reports.mjs.
SELECT i.menu_item_id, i.name, i.category, coalesce(sum(i.quantity), 0) AS quantity,
  CASE WHEN grouping(i.menu_item_id) = 0 THEN sum(i.orders) END AS orders, coalesce(sum(i.subtotal), 0) AS subtotal
FROM (
  SELECT s.menu_item_id, s.name, c.name AS category, s.quantity, s.orders, s.subtotal
  FROM (
    SELECT b.menu_item_id, count(DISTINCT b.order_id) FILTER (WHERE b.stands) AS orders, sum(b.quantity) AS quantity,
      sum(b.quantity * b.each) AS subtotal,
      (array_agg(b.name ORDER BY b.stands DESC, b.business_date DESC, b.order_number DESC, b.position DESC))[1] AS name
    FROM (
      SELECT x.menu_item_id, x.name, x.position, o.id AS order_id, o.business_date, o.order_number, x.quantity,
        x.price + x.customization_amount AS each, o.status <> 'cancelled' AND o.deleted_at IS NULL AS stands
      FROM orders o
      JOIN order_items x ON x.restaurant_id = o.restaurant_id AND x.order_id = o.id
      WHERE o.restaurant_id = $1 AND o.business_date BETWEEN $2 AND $3
        AND (o.standing IS NOT NULL OR o.status <> 'cancelled' AND o.deleted_at IS NULL)
      UNION ALL
      SELECT y.menu_item_id, y.name, y.position, a.order_id, a.business_date, 0, -a.quantity,
        y.price + y.customization_amount, false
      FROM order_adjustments a
      JOIN order_items y ON y.restaurant_id = a.restaurant_id AND y.id = a.item_id
      WHERE a.restaurant_id = $1 AND a.business_date BETWEEN $2 AND $3 AND a.kind IN ('void', 'comp')
      UNION ALL
      SELECT z.menu_item_id, z.name, z.position, e.order_id, e.business_date, 0, (
          SELECT coalesce(sum(t.quantity), 0)
          FROM order_adjustments t
          WHERE t.restaurant_id = $1 AND t.order_id = e.order_id AND t.item_id = z.id
            AND t.kind IN ('void', 'comp')) - z.quantity,
        z.price + z.customization_amount, false
      FROM order_adjustments e
      JOIN order_items z ON z.restaurant_id = e.restaurant_id AND z.order_id = e.order_id
      WHERE e.restaurant_id = $1 AND e.business_date BETWEEN $2 AND $3 AND e.kind IN ('cancelled', 'deleted') AND e.ends_order) b
    GROUP BY b.menu_item_id
    HAVING sum(b.quantity) <> 0 OR bool_or(b.stands)) s
  JOIN menu_items m ON m.restaurant_id = $1 AND m.id = s.menu_item_id
  JOIN menu_categories c ON c.restaurant_id = m.restaurant_id AND c.id = m.category_id) i
GROUP BY GROUPING SETS ((i.menu_item_id, i.name, i.category), ())
ORDER BY grouping(i.menu_item_id), sum(i.subtotal) DESC, i.name COLLATE "C", i.menu_item_id
