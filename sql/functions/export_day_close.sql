-- The Z report of a closed business day, for the export: its number and what it came to.
CREATE OR REPLACE FUNCTION public.export_day_close(restaurant uuid, day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', 'day_close', 'id', NULL, 'number', b.number::text, 'business_date', b.business_date,
      'created_at', public.rfc3339(b.closed_at), 'order_id', NULL, 'order_date', NULL, 'order_number', NULL, 'session_id', NULL,
      'staff_id', b.closed_by, 'staff_name', w.display_name, 'method', NULL, 'kind', NULL, 'reason', NULL,
      'currency', b.report -> 'currency', 'was_forced', b.was_forced, 'totals', b.report -> 'totals')
    FROM public.business_days b
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = b.closed_by
    WHERE b.restaurant_id = restaurant AND b.business_date = day);
END
$$;
