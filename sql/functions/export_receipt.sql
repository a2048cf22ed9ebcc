-- A receipt or a credit note, for the export. `amount` is what it comes to: no sale, since the orders are the
-- sales. Who bought is in the receipt alone.
CREATE OR REPLACE FUNCTION public.export_receipt(restaurant uuid, receipt uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', i.kind, 'id', i.id, 'number', i.reference, 'business_date', i.business_date, 'created_at', public.rfc3339(i.issued_at),
      'order_id', NULL, 'order_date', NULL, 'order_number', NULL, 'session_id', i.session_id, 'staff_id', i.staff_id,
      'staff_name', w.display_name, 'method', NULL, 'kind', CASE WHEN i.is_part THEN 'part' ELSE 'whole' END,
      'reason', i.document ->> 'reason', 'currency', i.document ->> 'currency', 'amount', i.total_amount,
      'corrects', c.reference, 'order_ids', (
        SELECT coalesce(json_agg(o.order_id ORDER BY o.order_id), '[]'::json)
        FROM public.receipt_orders o
        WHERE o.restaurant_id = restaurant AND o.receipt_id = i.id))
    FROM public.receipts i
    LEFT JOIN public.receipts c ON c.restaurant_id = restaurant AND c.id = i.corrects_id
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = i.staff_id
    WHERE i.restaurant_id = restaurant AND i.id = receipt);
END
$$;
