UPDATE restaurants r SET menu_version = r.menu_version + 1 WHERE r.id = $1
