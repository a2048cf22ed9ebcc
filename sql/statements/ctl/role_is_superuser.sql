SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user
