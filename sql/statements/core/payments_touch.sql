-- A payment shows which orders it pays, as its mirror does.
UPDATE payments p SET version = p.version WHERE p.restaurant_id = $1 AND p.id = ANY ($2::uuid[])
