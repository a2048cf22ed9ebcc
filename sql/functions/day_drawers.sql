-- The drawers of a business day: those that were opened or counted on it, or have money of it, or were open.
-- `expected` is what was in one at the end of the day, and `float` what it began with, if that was on the day.
CREATE OR REPLACE FUNCTION public.day_drawers(restaurant uuid, day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
        'id', d.id, 'name', d.name, 'staff_id', d.staff_id, 'staff_name', s.display_name,
        'float', CASE WHEN d.business_date = day THEN d.float_amount END,
        'cash_paid', p.of_day, 'cash_refunded', f.of_day, 'paid_in', m.paid_in, 'paid_out', m.paid_out,
        'expected', d.float_amount + p.to_now - f.to_now + m.to_now,
        'counted', CASE WHEN d.closed_date = day THEN d.counted END,
        'difference', CASE WHEN d.closed_date = day THEN d.counted - d.expected END) ORDER BY d.opened_at, d.id), '[]'::json)
    FROM public.drawers d
    JOIN public.staff s ON s.restaurant_id = d.restaurant_id AND s.id = d.staff_id
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(x.amount + x.tip_amount) FILTER (WHERE x.business_date = day), 0) AS of_day,
        coalesce(sum(x.amount + x.tip_amount), 0) AS to_now
      FROM public.payments x
      WHERE x.restaurant_id = restaurant AND x.drawer_id = d.id AND x.voided_at IS NULL AND x.business_date <= day) p
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(y.amount + y.tip_amount) FILTER (WHERE y.business_date = day), 0) AS of_day,
        coalesce(sum(y.amount + y.tip_amount), 0) AS to_now
      FROM public.refunds y
      WHERE y.restaurant_id = restaurant AND y.drawer_id = d.id AND y.status = 'done' AND y.business_date <= day) f
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(z.amount) FILTER (WHERE z.business_date = day AND z.amount > 0), 0) AS paid_in,
        coalesce(-sum(z.amount) FILTER (WHERE z.business_date = day AND z.amount < 0), 0) AS paid_out,
        coalesce(sum(z.amount), 0) AS to_now
      FROM public.drawer_movements z
      WHERE z.restaurant_id = restaurant AND z.drawer_id = d.id AND z.business_date <= day) m
    WHERE d.restaurant_id = restaurant AND d.business_date <= day AND (d.closed_at IS NULL OR d.closed_date >= day));
END
$$;
