-- What is mirrored: each type of entity, its table, and whether its rows can be marked as
-- removed. sync_doc() makes the documents; the tables have the trigger outbox_mirror.
CREATE OR REPLACE FUNCTION public.sync_entities() RETURNS TABLE (entity_type text, relation text, is_removable boolean)
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN QUERY VALUES
    ('menu_category', 'menu_categories', true),
    ('menu_item', 'menu_items', true),
    ('menu_item_option', 'menu_item_options', true),
    ('table', 'tables', true),
    ('session', 'sessions', false),
    ('order', 'orders', true),
    ('payment', 'payments', false),
    ('business_day', 'business_days', false),
    ('drawer', 'drawers', false),
    ('receipt', 'receipts', false);
END
$$;
