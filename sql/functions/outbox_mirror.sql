-- AFTER INSERT OR UPDATE: one pending row in the mirror's outbox for each
-- changed entity, if the connection says that there is a mirror. A newer change
-- replaces an older one, and a row that was given up is tried again.
-- Argument 1: the entity's type.
CREATE OR REPLACE FUNCTION public.outbox_mirror() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.current_setting('orderzap.mirror', true) IS DISTINCT FROM 'on' THEN
    RETURN NULL;
  END IF;
  IF TG_OP = 'INSERT' THEN -- there is no row, as a rule, and an upsert prepares what it would set for each order
    INSERT INTO public.sync_logs
      (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at, pending_since)
    VALUES (NEW.restaurant_id, TG_ARGV[0], NEW.id, NEW.version, pg_catalog.now(), pg_catalog.now(), pg_catalog.now())
    ON CONFLICT (restaurant_id, entity_type, entity_id) DO NOTHING;
    IF FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  INSERT INTO public.sync_logs AS l
    (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at, pending_since)
  VALUES (NEW.restaurant_id, TG_ARGV[0], NEW.id, NEW.version, pg_catalog.now(), pg_catalog.now(), pg_catalog.now())
  ON CONFLICT (restaurant_id, entity_type, entity_id) DO UPDATE
    SET entity_version = excluded.entity_version,
        convex_sync_status = 'pending',
        convex_sync_attempts = 0,
        convex_error = NULL,
        rejected_since = NULL,
        outage_attempts = 0,
        next_attempt_at = excluded.next_attempt_at,
        pending_since = CASE WHEN l.convex_sync_status = 'pending' THEN l.pending_since ELSE excluded.pending_since END;
  RETURN NULL;
END
$$;
