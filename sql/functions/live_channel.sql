-- The channel for live events of a restaurant's staff (scope: its id) or of a
-- session's guests.
CREATE OR REPLACE FUNCTION public.live_channel(restaurant uuid, scope uuid) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer uuid;
BEGIN
  SELECT c.channel INTO answer
  FROM public.live_channels c
  WHERE c.restaurant_id = restaurant AND c.scope_id = scope;
  RETURN coalesce(answer, scope);
END
$$;
