-- The lines still to be made, oldest order first; of one station ($2) if asked for. A
-- line without a station is on every station's screen: on none it would be nobody's. OFFSET 0 makes
-- PostgreSQL look up the lines of each order by their index, and not read those of all orders.
SELECT json_build_object(
  'data', coalesce(json_agg(f.shown ORDER BY f.created_at, f.order_id, f.position), '[]'::json),
  'next_cursor', NULL) AS answer
FROM (
  SELECT o.created_at, o.id AS order_id, i.position, json_build_object(
    'order_id', o.id, 'order_number', o.order_number, 'order_status', o.status, 'order_type', o.order_type,
    'order_version', o.version, 'table_id', o.table_id, 'table_name', (
      SELECT t.name FROM tables t WHERE t.restaurant_id = $1 AND t.id = o.table_id),
    'ordered_at', rfc3339(o.created_at), 'order_instructions', o.special_instructions,
    'id', i.id, 'menu_item_id', i.menu_item_id, 'name', i.name, 'quantity', i.quantity - i.voided_quantity,
    'station', i.station, 'status', i.status, 'special_instructions', i.special_instructions,
    'version', i.version,
    'customizations', (
      SELECT coalesce(json_agg(json_build_object('option_name', c.option_name, 'value_name', c.value_name,
                                                 'quantity', c.quantity) ORDER BY c.position), '[]'::json)
      FROM order_item_customizations c
      WHERE c.restaurant_id = $1 AND c.order_item_id = i.id)) AS shown
  FROM orders o
  CROSS JOIN LATERAL (
    SELECT l.id, l.menu_item_id, l.name, l.quantity, l.voided_quantity, l.station, l.status, l.special_instructions, l.version, l.position
    FROM order_items l
    WHERE l.restaurant_id = $1 AND l.order_id = o.id
    OFFSET 0) AS i
  WHERE o.restaurant_id = $1 AND o.status IN ('pending', 'confirmed', 'preparing') AND o.deleted_at IS NULL
    AND i.status IN ('pending', 'preparing')
    AND ($2::text IS NULL OR i.station = $2 OR i.station IS NULL)) f
