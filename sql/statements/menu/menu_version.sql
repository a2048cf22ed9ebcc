SELECT r.menu_version FROM restaurants r WHERE r.id = $1
