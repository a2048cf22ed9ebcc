SELECT string_agg(c.relname, ', ' ORDER BY c.relname) AS tables
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
  AND c.relname NOT IN ('slugs', 'schema_migrations', 'sync_state')
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
