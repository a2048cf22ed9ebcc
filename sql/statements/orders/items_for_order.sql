SELECT i.id, i.name, i.price, i.tax_rate_ppm, i.takeaway_tax_rate_ppm, i.station, i.is_available
FROM menu_items i
WHERE i.restaurant_id = $1 AND i.id = ANY ($2::uuid[]) AND i.deleted_at IS NULL
