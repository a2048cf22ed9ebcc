-- A cursor is of a restaurant: changes_cursor(uuid) is in its place.
DROP FUNCTION IF EXISTS public.changes_cursor();
