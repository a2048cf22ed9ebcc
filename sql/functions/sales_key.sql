-- A fact's key in a way to cut sales.
CREATE OR REPLACE FUNCTION public.sales_key(cut text, hour text, item text, category text, method text,
  tax_rate text, staff text, place text, order_type text, reason text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(CASE cut WHEN 'hour' THEN hour WHEN 'item' THEN item WHEN 'category' THEN category WHEN 'method' THEN method
    WHEN 'tax_rate' THEN tax_rate WHEN 'staff' THEN staff WHEN 'table' THEN place WHEN 'order_type' THEN order_type
    WHEN 'reason' THEN reason END, '')
$$;
