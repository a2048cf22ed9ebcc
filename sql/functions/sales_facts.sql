-- What the documents of some business days come to, with a column for each way to cut a report: the sums do not
-- depend on the cut. An order and what happened to it later count on their own days; so do payments and refunds. Money
-- in another currency than the restaurant's is not counted, nor are orders that were cancelled or deleted by a build
-- that made no document of it.
--
-- A document has a row for each of its lines, a row for what else has a tax rate, if there is any, one for its
-- tip, and one for the rest, without an item and a rate. A tip within an order belongs to whoever took the payment
-- that settled the order, and to nobody before that; everything else belongs to whoever made the document. The parts of
-- a line (src/domain/line_share.h) are found here for an order as it was placed, and stored for an adjustment.
CREATE OR REPLACE FUNCTION public.sales_facts(restaurant uuid, first date, last date)
RETURNS TABLE (
  business_date date, hour text, item text, category text, method text, tax_rate text, staff text, place text,
  order_type text, reason text, orders bigint, quantity bigint, subtotal bigint, discount_amount bigint,
  service_charge_amount bigint, taxable_amount bigint, tax_amount bigint, tip_amount bigint, deposit_used bigint,
  total_amount bigint, void_amount bigint, comp_amount bigint, cancelled_amount bigint, payments bigint, paid bigint,
  tips bigint, deposits bigint, rounding_amount bigint, refunded bigint, refunded_tips bigint, refunded_deposits bigint)
LANGUAGE plpgsql STABLE ROWS 10000 AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  WITH r AS (
    SELECT x.timezone, x.currency FROM public.restaurants x WHERE x.id = restaurant
  ), documents AS (
    SELECT o.id, o.id AS order_id, true AS is_placed, o.business_date,
      -- As restaurant_for_order takes it for the day: when it was taken offline.
      CASE WHEN o.occurred_at BETWEEN o.created_at - interval '12 hours' AND o.created_at THEN o.occurred_at ELSE o.created_at END AS created_at, o.staff_id, o.table_id, o.order_type::text AS order_type,
      NULL::text AS kind, NULL::text AS reason, 1 AS orders, o.subtotal::bigint AS subtotal, o.discount_amount::bigint AS discount_amount,
      o.service_charge_amount, o.tax_amount::bigint AS tax_amount, o.taxes, o.tip_amount::bigint AS tip_amount,
      o.deposit_used::bigint AS deposit_used, o.total_amount::bigint AS total_amount, o.prices_include_tax, o.discount_reduces_tax,
      o.service_charge_tax_rate_ppm AS service_rate, NULL::jsonb AS lines, o.payment_status
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.business_date BETWEEN first AND last
      AND (o.standing IS NOT NULL OR o.status <> 'cancelled' AND o.deleted_at IS NULL)
    UNION ALL
    SELECT a.id, o.id, false, a.business_date, a.created_at, CASE WHEN a.actor_role NOT IN ('diner', 'system') THEN a.actor_id END,
      o.table_id, o.order_type::text, CASE WHEN a.refund_id IS NOT NULL THEN 'refund' ELSE a.kind END, a.reason,
      CASE WHEN a.ends_order THEN -1 ELSE 0 END, a.subtotal, a.discount_amount, a.service_charge_amount, a.tax_amount, a.taxes, a.tip_amount,
      a.deposit_used, a.total_amount, o.prices_include_tax, o.discount_reduces_tax, o.service_charge_tax_rate_ppm, a.lines, o.payment_status
    FROM public.order_adjustments a
    JOIN public.orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
    WHERE a.restaurant_id = restaurant AND a.business_date BETWEEN first AND last
  ), rates AS (
    SELECT d.id, t.rate_ppm, t.taxable, t.amount, CASE WHEN t.rate_ppm = d.service_rate THEN d.service_charge_amount ELSE 0 END AS service,
      CASE WHEN d.prices_include_tax THEN 0 ELSE t.amount END AS added_tax
    FROM documents d
    CROSS JOIN jsonb_to_recordset(d.taxes) AS t (rate_ppm integer, taxable bigint, amount bigint)
  ), placed AS (
    SELECT y.id, y.menu_item_id, y.tax_rate_ppm, y.position, y.quantity, y.subtotal, y.subtotal - y.discount AS rest, y.discount,
      y.prices_include_tax, y.discount_reduces_tax, coalesce(t.amount, 0)::numeric AS tax, coalesce(t.service, 0)::numeric AS service
    FROM (
      SELECT z.id, z.menu_item_id, z.tax_rate_ppm, z.position, z.quantity, z.subtotal, z.prices_include_tax, z.discount_reduces_tax, (z.floor + CASE
          WHEN row_number() OVER (PARTITION BY z.id ORDER BY z.remainder DESC, z.position)
            <= z.discount_amount - sum(z.floor) OVER (PARTITION BY z.id) THEN 1 ELSE 0 END)::bigint AS discount
      FROM (
        SELECT d.id, l.menu_item_id, l.tax_rate_ppm::integer AS tax_rate_ppm, l.position, l.quantity, l.subtotal::bigint AS subtotal, d.discount_amount,
          d.prices_include_tax, d.discount_reduces_tax, coalesce(div(d.discount_amount::numeric * l.subtotal, nullif(d.subtotal, 0)), 0) AS floor,
          coalesce(mod(d.discount_amount::numeric * l.subtotal, nullif(d.subtotal, 0)), 0) AS remainder
        FROM documents d
        JOIN public.order_items l ON l.restaurant_id = restaurant AND l.order_id = d.order_id
        WHERE d.is_placed) z) y
    LEFT JOIN rates t ON t.id = y.id AND t.rate_ppm = y.tax_rate_ppm
  ), parts AS (
    SELECT w.id, w.menu_item_id, w.tax_rate_ppm, w.quantity::bigint AS quantity, w.subtotal, w.discount, w.prices_include_tax, w.discount_reduces_tax, (w.floor + CASE
        WHEN row_number() OVER p + CASE WHEN mod(w.tax * w.service, w.whole) > w.remainder THEN 1 ELSE 0 END
          <= w.tax - sum(w.floor) OVER (PARTITION BY w.id, w.tax_rate_ppm) - div(w.tax * w.service, w.whole) THEN 1 ELSE 0 END)::bigint AS tax
    FROM (
      SELECT v.id, v.menu_item_id, v.tax_rate_ppm, v.position, v.quantity, v.subtotal, v.discount, v.prices_include_tax, v.discount_reduces_tax,
        v.tax, v.service, v.whole, div(v.tax * v.rest, v.whole) AS floor, mod(v.tax * v.rest, v.whole) AS remainder
      FROM (
        SELECT u.id, u.menu_item_id, u.tax_rate_ppm, u.position, u.quantity, u.subtotal, u.rest, u.discount, u.prices_include_tax, u.discount_reduces_tax,
          u.tax, u.service, greatest(sum(u.rest) OVER (PARTITION BY u.id, u.tax_rate_ppm) + u.service, 1) AS whole
        FROM placed u) v) w
    WINDOW p AS (PARTITION BY w.id, w.tax_rate_ppm ORDER BY w.remainder DESC, w.position)
    UNION ALL
    -- By the order, and not by c.id: for all that a plan knows, a document has a hundred lines.
    SELECT d.id, l.menu_item_id, l.tax_rate_ppm, c.quantity, c.subtotal, c.discount_amount, d.prices_include_tax, d.discount_reduces_tax, c.tax_amount
    FROM documents d
    JOIN public.order_items l ON l.restaurant_id = restaurant AND l.order_id = d.order_id
    JOIN LATERAL jsonb_to_recordset(d.lines) AS c (id uuid, quantity bigint, subtotal bigint, discount_amount bigint, tax_amount bigint) ON c.id = l.id
    WHERE d.lines IS NOT NULL
  ), lines AS (
    SELECT p.id, p.menu_item_id, p.tax_rate_ppm, p.quantity, p.subtotal, p.discount, p.subtotal - p.discount AS rest,
      p.subtotal - CASE WHEN p.discount_reduces_tax THEN p.discount ELSE 0 END AS taxable, p.tax, CASE WHEN p.prices_include_tax THEN 0 ELSE p.tax END AS added_tax
    FROM parts p
  ), sales AS (
    SELECT d.id, false AS is_tip, NULL::uuid AS tip_staff_id, NULL::uuid AS menu_item_id, NULL::integer AS rate, d.orders, 0::bigint AS quantity, d.subtotal - coalesce(k.subtotal, 0) AS subtotal,
      d.discount_amount - coalesce(k.discount, 0) AS discount_amount, d.service_charge_amount - coalesce(g.service, 0) AS service_charge_amount,
      0::bigint AS taxable, d.tax_amount - coalesce(g.tax, 0) AS tax_amount, 0::bigint AS tip_amount, d.deposit_used,
      d.total_amount - d.tip_amount - coalesce(k.rest, 0) - coalesce(g.service + g.added_tax, 0) AS total_amount
    FROM documents d
    LEFT JOIN (
      SELECT l.id, sum(l.subtotal)::bigint AS subtotal, sum(l.discount)::bigint AS discount, sum(l.rest)::bigint AS rest
      FROM lines l
      GROUP BY l.id) k ON k.id = d.id
    LEFT JOIN (
      SELECT t.id, sum(t.service)::bigint AS service, sum(t.amount)::bigint AS tax, sum(t.added_tax)::bigint AS added_tax
      FROM rates t
      GROUP BY t.id) g ON g.id = d.id
    UNION ALL
    SELECT d.id, true, s.staff_id, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, d.tip_amount, 0, d.tip_amount
    FROM documents d
    LEFT JOIN LATERAL (
      SELECT p.staff_id
      FROM public.payment_allocations a
      JOIN public.payments p ON p.restaurant_id = a.restaurant_id AND p.id = a.payment_id
      WHERE d.payment_status IN ('paid', 'partially_refunded', 'refunded')
        AND a.restaurant_id = restaurant AND a.order_id = d.order_id AND a.amount > 0 AND p.voided_at IS NULL
      ORDER BY p.created_at DESC, p.id DESC
      LIMIT 1) s ON true
    WHERE d.tip_amount <> 0
    UNION ALL
    SELECT l.id, false, NULL, l.menu_item_id, l.tax_rate_ppm, 0, l.quantity, l.subtotal, l.discount, 0, l.taxable, l.tax, 0, 0, l.rest + l.added_tax
    FROM lines l
    UNION ALL
    SELECT q.id, false, NULL, NULL, q.rate, 0, 0, 0, 0, q.service, q.taxable, q.tax, 0, 0, q.service + q.added_tax
    FROM (
      SELECT y.id, y.rate, sum(y.service)::bigint AS service, sum(y.taxable)::bigint AS taxable, sum(y.tax)::bigint AS tax, sum(y.added_tax)::bigint AS added_tax
      FROM (
        SELECT t.id, t.rate_ppm AS rate, t.service, t.taxable, t.amount AS tax, t.added_tax
        FROM rates t
        UNION ALL
        SELECT l.id, l.tax_rate_ppm, 0, -l.taxable, -l.tax, -l.added_tax
        FROM lines l) y
      GROUP BY y.id, y.rate) q
    WHERE q.service <> 0 OR q.taxable <> 0 OR q.tax <> 0
  ), money AS (
    SELECT p.business_date, p.created_at, p.method::text AS method, p.staff_id, coalesce(b.table_id, s.table_id) AS table_id,
      b.order_type::text AS order_type, NULL::text AS reason, 1::bigint AS payments, p.amount AS paid, p.tip_amount AS tips,
      CASE WHEN p.purpose = 'deposit' THEN p.amount ELSE 0 END AS deposits, p.rounding_amount AS rounding, 0::bigint AS refunded,
      0::bigint AS refunded_tips, 0::bigint AS refunded_deposits
    FROM public.payments p
    JOIN r ON r.currency = p.currency
    LEFT JOIN public.orders b ON b.restaurant_id = p.restaurant_id AND b.id = p.order_id
    LEFT JOIN public.sessions s ON s.restaurant_id = p.restaurant_id AND s.id = p.session_id
    WHERE p.restaurant_id = restaurant AND p.business_date BETWEEN first AND last AND p.voided_at IS NULL
    UNION ALL
    SELECT f.business_date, f.created_at, q.method::text, f.staff_id, coalesce(n.table_id, h.table_id), n.order_type::text, 'refund: ' || f.reason,
      0, 0, 0, 0, -f.rounding_amount, f.amount, f.tip_amount, CASE WHEN q.purpose = 'deposit' THEN f.amount ELSE 0 END
    FROM public.refunds f
    JOIN public.payments q ON q.restaurant_id = f.restaurant_id AND q.id = f.payment_id
    JOIN r ON r.currency = q.currency
    LEFT JOIN public.orders n ON n.restaurant_id = q.restaurant_id AND n.id = q.order_id
    LEFT JOIN public.sessions h ON h.restaurant_id = q.restaurant_id AND h.id = q.session_id
    WHERE f.restaurant_id = restaurant AND f.business_date BETWEEN first AND last AND f.status = 'done'
  )
  SELECT d.business_date, to_char(d.created_at AT TIME ZONE r.timezone, 'HH24'), x.menu_item_id::text, i.category_id::text, NULL,
    x.rate::text, CASE WHEN x.is_tip THEN x.tip_staff_id ELSE d.staff_id END::text, d.table_id::text, d.order_type,
    CASE WHEN d.kind IN ('void', 'comp', 'discount', 'refund', 'cancelled', 'deleted', 'service_charge_waived') THEN d.kind || ': ' || coalesce(d.reason, '') END,
    x.orders::bigint, x.quantity, x.subtotal, x.discount_amount, x.service_charge_amount, x.taxable, x.tax_amount, x.tip_amount, x.deposit_used, x.total_amount,
    CASE WHEN d.kind = 'void' THEN -x.total_amount ELSE 0 END, CASE WHEN d.kind = 'comp' THEN -x.total_amount ELSE 0 END,
    CASE WHEN d.kind IN ('cancelled', 'deleted') THEN -x.total_amount ELSE 0 END, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint,
    0::bigint, 0::bigint, 0::bigint
  FROM sales x
  JOIN documents d ON d.id = x.id
  CROSS JOIN r
  LEFT JOIN public.menu_items i ON i.restaurant_id = restaurant AND i.id = x.menu_item_id
  UNION ALL
  SELECT m.business_date, to_char(m.created_at AT TIME ZONE r.timezone, 'HH24'), NULL, NULL, m.method, NULL, m.staff_id::text, m.table_id::text,
    m.order_type, m.reason, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, m.payments, m.paid, m.tips, m.deposits, m.rounding, m.refunded,
    m.refunded_tips, m.refunded_deposits
  FROM money m
  CROSS JOIN r;
END
$$;
