SELECT r.rolsuper OR r.rolbypassrls AS is_unbound,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace) AS is_owner
FROM pg_roles r
WHERE r.rolname = current_user
