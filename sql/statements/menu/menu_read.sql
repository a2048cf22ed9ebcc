SELECT menu_json(r.id) AS menu, r.menu_version, menu_representation() AS representation
FROM restaurants r
WHERE r.id = $1
