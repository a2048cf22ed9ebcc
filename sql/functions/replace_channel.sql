-- AFTER UPDATE: from this transaction on, live events go to a new channel, which only
-- those are told who may still listen; relays end the streams of the old one. The
-- row's lock makes several at once follow one another.
-- Argument 1: r, the channel of a restaurant's staff, or s, that of a session's guests.
CREATE OR REPLACE FUNCTION public.replace_channel() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  scope uuid := NEW.restaurant_id;
  old_channel uuid;
BEGIN
  IF TG_ARGV[0] = 's' THEN
    scope := NEW.session_id;
  END IF;
  INSERT INTO public.live_channels (restaurant_id, scope_id, channel)
  VALUES (NEW.restaurant_id, scope, scope)
  ON CONFLICT (restaurant_id, scope_id) DO NOTHING;
  SELECT c.channel INTO old_channel
  FROM public.live_channels c
  WHERE c.restaurant_id = NEW.restaurant_id AND c.scope_id = scope
  FOR UPDATE;
  UPDATE public.live_channels c SET channel = md5(old_channel || ' next')::uuid
  WHERE c.restaurant_id = NEW.restaurant_id AND c.scope_id = scope;
  INSERT INTO public.closed_channels (restaurant_id, channel, kind)
  VALUES (NEW.restaurant_id, old_channel, TG_ARGV[0]);
  RETURN NULL;
END
$$;
