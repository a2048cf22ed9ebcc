-- AFTER INSERT OR UPDATE of an order: as note_event(), which says more. A function of its own, and one
-- statement, since this is the most frequent event: json_build_object() costs five times as much as
-- format(), and each assignment is prepared for each order. Nothing of the text is empty but what is NULL.
CREATE OR REPLACE FUNCTION public.note_order_event() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.current_setting('orderzap.events', true) IS DISTINCT FROM 'on' THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.events (restaurant_id, id, type, session_id, resource, ends_session)
  VALUES (NEW.restaurant_id, md5('order ' || NEW.id || ' ' || NEW.version)::uuid,
    CASE TG_OP WHEN 'INSERT' THEN 'order.created' ELSE 'order.updated' END, NEW.session_id,
    replace(format('{"id":"%s","order_number":%s,"business_date":"%s","table_id":"%s","session_id":"%s",'
        '"diner_id":"%s","order_type":"%s","status":"%s","payment_status":"%s","currency":"%s","total_amount":%s,'
        '"version":%s,"updated_at":"%s","deleted_at":"%s"}',
      NEW.id, NEW.order_number, to_char(NEW.business_date, 'YYYY-MM-DD'), NEW.table_id, NEW.session_id, NEW.diner_id,
      NEW.order_type, NEW.status, NEW.payment_status, NEW.currency, coalesce(NEW.standing_total, NEW.total_amount),
      NEW.version, public.rfc3339(NEW.updated_at), public.rfc3339(NEW.deleted_at)), '""', 'null')::json, false)
  ON CONFLICT (restaurant_id, id) DO NOTHING;
  RETURN NULL;
END
$$;
