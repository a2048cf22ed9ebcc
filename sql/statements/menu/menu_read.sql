SELECT menu_json(r.id) AS answer, r.menu_version FROM restaurants r WHERE r.id = $1
