-- A drawer as it was opened or closed, or a movement of one, for the export. `amount` is the float, what was counted,
-- or what was put in, below zero if it was taken out.
CREATE OR REPLACE FUNCTION public.export_drawer(restaurant uuid, document uuid, type text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF type = 'drawer_movement' THEN
    RETURN (
      SELECT json_build_object(
        'type', type, 'id', m.id, 'number', NULL, 'business_date', m.business_date, 'created_at', public.rfc3339(m.created_at),
        'order_id', NULL, 'order_date', NULL, 'order_number', NULL, 'session_id', NULL, 'staff_id', m.staff_id,
        'staff_name', w.display_name, 'method', 'cash', 'kind', CASE WHEN m.amount > 0 THEN 'paid_in' ELSE 'paid_out' END,
        'reason', m.reason, 'currency', d.currency, 'amount', m.amount, 'drawer_id', d.id, 'name', d.name)
      FROM public.drawer_movements m
      JOIN public.drawers d ON d.restaurant_id = restaurant AND d.id = m.drawer_id
      LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = m.staff_id
      WHERE m.restaurant_id = restaurant AND m.id = document);
  END IF;
  RETURN (
    SELECT json_build_object(
      'type', type, 'id', d.id, 'number', NULL,
      'business_date', CASE type WHEN 'drawer_open' THEN d.business_date ELSE d.closed_date END,
      'created_at', public.rfc3339(CASE type WHEN 'drawer_open' THEN d.opened_at ELSE d.closed_at END),
      'order_id', NULL, 'order_date', NULL, 'order_number', NULL, 'session_id', NULL,
      'staff_id', w.id, 'staff_name', w.display_name, 'method', 'cash', 'kind', NULL, 'reason', NULL, 'currency', d.currency,
      'amount', CASE type WHEN 'drawer_open' THEN d.float_amount ELSE d.counted END, 'drawer_id', d.id, 'name', d.name,
      'expected', CASE type WHEN 'drawer_close' THEN d.expected END,
      'difference', CASE type WHEN 'drawer_close' THEN d.counted - d.expected END)
    FROM public.drawers d
    LEFT JOIN public.staff w
      ON w.restaurant_id = restaurant AND w.id = CASE type WHEN 'drawer_open' THEN d.staff_id ELSE d.closed_by END
    WHERE d.restaurant_id = restaurant AND d.id = document);
END
$$;
