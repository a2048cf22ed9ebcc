SELECT r.rolsuper OR r.rolbypassrls,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relnamespace = 'public'::regnamespace)
FROM pg_roles r
WHERE r.rolname = current_user
