-- Sales between two business days, cut by $4; the last row is their sum. Days that are closed are read as
-- they were kept at their close, the others from their documents (sales_facts). Days, hours and
-- methods without any are rows too. The key is NULL for what has none. Names are those of now.
SELECT nullif(q.key, '') AS key,
  CASE $4 WHEN 'item' THEN i.name WHEN 'category' THEN c.name WHEN 'staff' THEN w.display_name WHEN 'table' THEN t.name
    WHEN 'reason' THEN nullif(substr(q.key, strpos(q.key, ': ') + 2), '') END AS name,
  CASE $4 WHEN 'item' THEN g.name WHEN 'reason' THEN nullif(split_part(q.key, ': ', 1), '') END AS kind,
  q.orders, q.quantity, q.subtotal, q.discount_amount, q.service_charge_amount, q.taxable_amount, q.tax_amount,
  q.tip_amount, q.deposit_used, q.total_amount, q.void_amount, q.comp_amount, q.cancelled_amount, q.payments, q.paid,
  q.tips, q.deposits, q.rounding_amount, q.refunded, q.refunded_tips, q.refunded_deposits,
  q.paid + q.tips - q.refunded - q.refunded_tips AS net
FROM (
  SELECT u.key, grouping(u.key) AS is_sum,
    sum(u.orders) AS orders, sum(u.quantity) AS quantity, sum(u.subtotal) AS subtotal,
    sum(u.discount_amount) AS discount_amount, sum(u.service_charge_amount) AS service_charge_amount,
    sum(u.taxable_amount) AS taxable_amount, sum(u.tax_amount) AS tax_amount, sum(u.tip_amount) AS tip_amount,
    sum(u.deposit_used) AS deposit_used, sum(u.total_amount) AS total_amount, sum(u.void_amount) AS void_amount,
    sum(u.comp_amount) AS comp_amount, sum(u.cancelled_amount) AS cancelled_amount, sum(u.payments) AS payments,
    sum(u.paid) AS paid, sum(u.tips) AS tips, sum(u.deposits) AS deposits, sum(u.rounding_amount) AS rounding_amount,
    sum(u.refunded) AS refunded, sum(u.refunded_tips) AS refunded_tips, sum(u.refunded_deposits) AS refunded_deposits
  FROM (
    SELECT CASE WHEN $4 = 'day' THEN s.business_date::text ELSE s.key END AS key,
      s.orders, s.quantity, s.subtotal, s.discount_amount, s.service_charge_amount, s.taxable_amount, s.tax_amount,
      s.tip_amount, s.deposit_used, s.total_amount, s.void_amount, s.comp_amount, s.cancelled_amount, s.payments,
      s.paid, s.tips, s.deposits, s.rounding_amount, s.refunded, s.refunded_tips, s.refunded_deposits
    FROM day_sales s
    WHERE s.restaurant_id = $1 AND s.cut = $4 AND s.business_date BETWEEN $2::date AND $3::date
    UNION ALL
    SELECT CASE WHEN $4 = 'day' THEN f.business_date::text
        ELSE sales_key($4, f.hour, f.item, f.category, f.method, f.tax_rate, f.staff, f.place, f.order_type, f.reason) END,
      f.orders, f.quantity, f.subtotal, f.discount_amount, f.service_charge_amount, f.taxable_amount, f.tax_amount,
      f.tip_amount, f.deposit_used, f.total_amount, f.void_amount, f.comp_amount, f.cancelled_amount, f.payments,
      f.paid, f.tips, f.deposits, f.rounding_amount, f.refunded, f.refunded_tips, f.refunded_deposits
    FROM sales_facts($1, greatest($2::date, (SELECT r.closed_through + 1 FROM restaurants r WHERE r.id = $1)), $3::date) f
    UNION ALL
    SELECT z.key,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM (
      SELECT ($2::date + d.n)::text AS key FROM generate_series(0, $3::date - $2::date) AS d (n) WHERE $4 = 'day'
      UNION ALL
      SELECT lpad(h.n::text, 2, '0') FROM generate_series(0, 23) AS h (n) WHERE $4 = 'hour'
      UNION ALL
      SELECT m.method FROM unnest('{cash,card,upi,online,other}'::text[]) AS m (method) WHERE $4 = 'method'
      UNION ALL
      SELECT '' WHERE $4 NOT IN ('day', 'hour', 'method')) z) u
  GROUP BY GROUPING SETS ((u.key), ())) q
JOIN restaurants x ON x.id = $1
LEFT JOIN menu_items i ON i.restaurant_id = $1 AND i.id = CASE $4 WHEN 'item' THEN nullif(q.key, '')::uuid END
LEFT JOIN menu_categories g ON g.restaurant_id = $1 AND g.id = i.category_id
LEFT JOIN menu_categories c ON c.restaurant_id = $1 AND c.id = CASE $4 WHEN 'category' THEN nullif(q.key, '')::uuid END
LEFT JOIN staff w ON w.restaurant_id = $1 AND w.id = CASE $4 WHEN 'staff' THEN nullif(q.key, '')::uuid END
LEFT JOIN tables t ON t.restaurant_id = $1 AND t.id = CASE $4 WHEN 'table' THEN nullif(q.key, '')::uuid END
ORDER BY q.is_sum, q.key = '',
  CASE $4 WHEN 'hour' THEN (q.key::integer - extract(hour FROM x.business_day_start)::integer + 24) % 24
    WHEN 'method' THEN array_position('{cash,card,upi,online,other}'::text[], q.key)
    WHEN 'tax_rate' THEN nullif(q.key, '')::integer END,
  CASE WHEN $4 NOT IN ('day', 'hour', 'method') THEN -q.total_amount END,
  coalesce(i.name, c.name, w.display_name, t.name) COLLATE "C", q.key
