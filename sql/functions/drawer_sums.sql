-- What came into a drawer and went out of it since it was opened. Cash with its tips; tips: what of it
-- is tips by now.
CREATE OR REPLACE FUNCTION public.drawer_sums(restaurant uuid, drawer uuid, OUT cash_paid bigint, OUT cash_refunded bigint,
  OUT tips bigint, OUT paid_in bigint, OUT paid_out bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT coalesce(sum(p.amount + p.tip_amount), 0), coalesce(sum(p.tip_amount), 0) INTO cash_paid, tips
  FROM public.payments p
  WHERE p.restaurant_id = restaurant AND p.drawer_id = drawer AND p.voided_at IS NULL;
  SELECT coalesce(sum(f.amount + f.tip_amount), 0), tips - coalesce(sum(f.tip_amount), 0) INTO cash_refunded, tips
  FROM public.refunds f
  WHERE f.restaurant_id = restaurant AND f.drawer_id = drawer AND f.status = 'done';
  SELECT coalesce(sum(m.amount) FILTER (WHERE m.amount > 0), 0), coalesce(-sum(m.amount) FILTER (WHERE m.amount < 0), 0)
  INTO paid_in, paid_out
  FROM public.drawer_movements m
  WHERE m.restaurant_id = restaurant AND m.drawer_id = drawer;
END
$$;
