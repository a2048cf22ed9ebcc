-- Closes a business day: keeps its sales by each column of the reports, makes its Z report, and lets no
-- further document be of it. The day is open, has begun, and no earlier one is left open: whoever calls has
-- asked that under the lock. by_staff: NULL for orderzapctl cleanup.
CREATE OR REPLACE FUNCTION public.close_day(restaurant uuid, day date, by_staff uuid, forced boolean) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO public.day_sales (
    restaurant_id, business_date, cut, key,
    orders, quantity, subtotal, discount_amount, service_charge_amount, taxable_amount, tax_amount, tip_amount,
    deposit_used, total_amount, void_amount, comp_amount, cancelled_amount, payments, paid, tips, deposits,
    rounding_amount, refunded, refunded_tips, refunded_deposits)
  SELECT restaurant, day, c.cut, public.sales_key(c.cut, f.hour, f.item, f.category, f.method, f.tax_rate, f.staff, f.place, f.order_type, f.reason),
    coalesce(sum(f.orders), 0), coalesce(sum(f.quantity), 0), coalesce(sum(f.subtotal), 0),
    coalesce(sum(f.discount_amount), 0), coalesce(sum(f.service_charge_amount), 0),
    coalesce(sum(f.taxable_amount), 0), coalesce(sum(f.tax_amount), 0), coalesce(sum(f.tip_amount), 0),
    coalesce(sum(f.deposit_used), 0), coalesce(sum(f.total_amount), 0), coalesce(sum(f.void_amount), 0),
    coalesce(sum(f.comp_amount), 0), coalesce(sum(f.cancelled_amount), 0), coalesce(sum(f.payments), 0),
    coalesce(sum(f.paid), 0), coalesce(sum(f.tips), 0), coalesce(sum(f.deposits), 0),
    coalesce(sum(f.rounding_amount), 0), coalesce(sum(f.refunded), 0), coalesce(sum(f.refunded_tips), 0),
    coalesce(sum(f.refunded_deposits), 0)
  FROM unnest('{day,hour,item,category,method,tax_rate,staff,table,order_type,reason}'::text[]) AS c (cut)
  LEFT JOIN public.sales_facts(restaurant, day, day) f ON true
  GROUP BY c.cut, 4;
  INSERT INTO public.business_days (restaurant_id, business_date, id, number, closed_by, closed_at, was_forced, report)
  SELECT restaurant, day, md5(restaurant || ' ' || day)::uuid, coalesce(max(b.number), 0) + 1, by_staff, clock_timestamp(), forced, public.day_report(restaurant, day)
  FROM public.business_days b
  WHERE b.restaurant_id = restaurant;
  UPDATE public.restaurants SET closed_through = day WHERE id = restaurant;
END
$$;
