-- AFTER INSERT OR UPDATE: the event of the change, if the connection says that
-- there are relays. It is small: clients that want the whole resource read it. An
-- event's id follows from what changed and its version, so it is the same however
-- often it is sent.
-- Argument 1: what changed. Of orders: note_order_event().
CREATE OR REPLACE FUNCTION public.note_event() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  resource json;
  event_type text := TG_ARGV[0] || '.updated';
  restaurant uuid;
  session uuid;
  number bigint := NEW.version;
  ends boolean := false;
BEGIN
  IF pg_catalog.current_setting('orderzap.events', true) IS DISTINCT FROM 'on' THEN
    RETURN NULL;
  END IF;
  CASE TG_ARGV[0]
  WHEN 'session' THEN
    restaurant := NEW.restaurant_id;
    session := NEW.id;
    ends := NEW.status <> 'active';
    resource := json_build_object('id', NEW.id, 'table_id', NEW.table_id, 'status', NEW.status,
      'guest_count', NEW.guest_count, 'expires_at', public.rfc3339(NEW.expires_at), 'closed_at', public.rfc3339(NEW.closed_at), 'version', NEW.version,
      'updated_at', public.rfc3339(NEW.updated_at));
  WHEN 'payment' THEN
    restaurant := NEW.restaurant_id;
    session := NEW.session_id;
    event_type := 'payment.recorded';
    resource := json_build_object('id', NEW.id, 'order_id', NEW.order_id, 'session_id', NEW.session_id,
      'amount', NEW.amount, 'tip_amount', NEW.tip_amount, 'refunded_amount', NEW.refunded_amount,
      'currency', NEW.currency, 'method', NEW.method, 'flag', NEW.flag,
      'voided_at', public.rfc3339(NEW.voided_at), 'version', NEW.version,
      'updated_at', public.rfc3339(NEW.updated_at));
  WHEN 'service_call' THEN
    restaurant := NEW.restaurant_id;
    session := NEW.session_id;
    resource := json_build_object('id', NEW.id, 'session_id', NEW.session_id, 'table_id', NEW.table_id,
      'diner_id', NEW.diner_id, 'kind', NEW.kind, 'message', NEW.message,
      'status', CASE WHEN NEW.acknowledged_at IS NULL THEN 'open' ELSE 'acknowledged' END, 'version', NEW.version,
      'updated_at', public.rfc3339(NEW.updated_at));
  WHEN 'menu' THEN
    restaurant := NEW.id;
    number := NEW.menu_version;
    resource := json_build_object('menu_version', NEW.menu_version, 'version', NEW.menu_version);
  END CASE;
  INSERT INTO public.events (restaurant_id, id, type, session_id, resource, ends_session)
  VALUES (restaurant, md5(TG_ARGV[0] || ' ' || NEW.id || ' ' || number)::uuid, event_type, session, resource, ends)
  ON CONFLICT (restaurant_id, id) DO NOTHING;
  RETURN NULL;
END
$$;
