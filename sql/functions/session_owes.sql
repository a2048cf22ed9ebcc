-- Whether a session is unsettled: something is due of it, or money is owed back to its guests. Past
-- its time it then is still active, and overdue: asked only of those, after expires_at.
CREATE OR REPLACE FUNCTION public.session_owes(restaurant uuid, session uuid) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT d.due > 0 OR d.credit > 0 FROM public.session_due(restaurant, session) d);
END
$$;
