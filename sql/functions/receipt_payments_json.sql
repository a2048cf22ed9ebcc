-- What was paid for a receipt and given back: {payments, refunds, paid, refunded, rounding_amount}. For a
-- share, what was paid for it; for the rest of a bill that has receipts for its shares (is_part without a share), what
-- was paid for none. For a payment that also paid other orders: what it paid of these,
-- without its tip and its rounding, which belong to no order in particular.
CREATE OR REPLACE FUNCTION public.receipt_payments_json(restaurant uuid, orders uuid[], session uuid, share uuid, is_part boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  zone text := (SELECT r.timezone FROM public.restaurants r WHERE r.id = restaurant);
BEGIN
  RETURN (
    WITH known AS (
      SELECT a.payment_id AS id
      FROM public.payment_allocations a
      WHERE a.restaurant_id = restaurant AND a.order_id = ANY (receipt_payments_json.orders) AND a.amount > 0 AND share IS NULL
      UNION
      SELECT p.id
      FROM public.payments p
      WHERE p.restaurant_id = restaurant AND p.order_id = ANY (receipt_payments_json.orders) AND share IS NULL
      UNION
      SELECT p.id
      FROM public.payments p
      WHERE p.restaurant_id = restaurant AND p.session_id = session
        AND (p.share_id = share OR (share IS NULL AND p.order_id IS NULL AND p.share_id IS NULL AND p.amount = 0))),
    taken AS (
      SELECT p.id, p.method, p.amount, p.tip_amount, p.rounding_amount, p.card_brand, p.card_last4, p.created_at,
        coalesce(a.here, 0) AS here, coalesce(a.back, 0) AS back,
        share IS NULL AND coalesce(a.elsewhere, false) AS is_shared
      FROM known k
      JOIN public.payments p ON p.restaurant_id = restaurant AND p.id = k.id
      LEFT JOIN LATERAL (
        SELECT sum(a.amount) FILTER (WHERE a.order_id = ANY (receipt_payments_json.orders)) AS here,
          sum(a.refunded_amount) FILTER (WHERE a.order_id = ANY (receipt_payments_json.orders)) AS back,
          bool_or(a.amount > 0 AND a.order_id <> ALL (receipt_payments_json.orders)) AS elsewhere
        FROM public.payment_allocations a
        WHERE a.restaurant_id = restaurant AND a.payment_id = p.id) a ON true
      WHERE p.voided_at IS NULL AND (NOT is_part OR p.share_id IS NOT DISTINCT FROM share)),
    paid AS (
      SELECT t.id, t.method, CASE WHEN t.is_shared THEN t.here ELSE t.amount END AS amount,
        CASE WHEN t.is_shared THEN 0 ELSE t.tip_amount END AS tip_amount,
        CASE WHEN t.is_shared THEN 0 ELSE t.rounding_amount END AS rounding_amount, t.card_brand, t.card_last4, t.created_at
      FROM taken t),
    given AS (
      SELECT f.id, t.method, f.amount, f.tip_amount, f.rounding_amount, f.reason
      FROM taken t
      JOIN public.refunds f ON f.restaurant_id = restaurant AND f.payment_id = t.id AND f.status = 'done'
      WHERE NOT t.is_shared
      UNION ALL
      SELECT t.id, t.method, t.back, 0, 0, NULL
      FROM taken t
      WHERE t.is_shared AND t.back > 0)
    SELECT json_build_object(
      'payments', (
        SELECT coalesce(json_agg(json_build_object('method', p.method, 'amount', p.amount, 'tip_amount', p.tip_amount,
            'rounding_amount', p.rounding_amount, 'card_brand', p.card_brand, 'card_last4', p.card_last4,
            'paid_local', to_char(p.created_at AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI')) ORDER BY p.id), '[]'::json)
        FROM paid p),
      'refunds', (
        SELECT coalesce(json_agg(json_build_object('method', g.method, 'amount', g.amount, 'tip_amount', g.tip_amount,
            'rounding_amount', g.rounding_amount, 'reason', g.reason) ORDER BY g.id), '[]'::json)
        FROM given g),
      'paid', (SELECT coalesce(sum(p.amount), 0) FROM paid p),
      'refunded', (SELECT coalesce(sum(g.amount), 0) FROM given g),
      'rounding_amount', (SELECT coalesce(sum(p.rounding_amount), 0) FROM paid p)
        - (SELECT coalesce(sum(g.rounding_amount), 0) FROM given g)));
END
$$;
