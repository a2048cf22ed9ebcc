-- All values of the option, except those kept ($3).
UPDATE menu_item_option_values v SET deleted_at = now()
WHERE v.restaurant_id = $1 AND v.option_id = $2 AND v.deleted_at IS NULL AND v.id <> ALL ($3::uuid[])
