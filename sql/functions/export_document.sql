-- A document as the export shows it: {type, id, number, business_date, created_at, order_id, order_date,
-- order_number, session_id, staff_id, staff_name, method, kind, reason, currency}, then what is its own.
-- Amounts are called as in the sales report, and add up to it. Nothing here tells who the guests are.
CREATE OR REPLACE FUNCTION public.export_document(restaurant uuid, type text, document uuid, day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE type
    WHEN 'order' THEN RETURN public.export_order(restaurant, document);
    WHEN 'adjustment' THEN RETURN public.export_adjustment(restaurant, document);
    WHEN 'payment', 'deposit', 'payment_void' THEN RETURN public.export_payment(restaurant, document, type);
    WHEN 'refund' THEN RETURN public.export_refund(restaurant, document);
    WHEN 'credit_move' THEN RETURN public.export_credit_move(restaurant, document);
    WHEN 'receipt' THEN RETURN public.export_receipt(restaurant, document);
    WHEN 'drawer_open', 'drawer_movement', 'drawer_close' THEN RETURN public.export_drawer(restaurant, document, type);
    WHEN 'day_close' THEN RETURN public.export_day_close(restaurant, day);
  END CASE;
END
$$;
