-- The database roles, made by a superuser before the first migration.
-- orderzap_owner owns the schema and runs migrations; the others log in and
-- can neither own anything nor bypass row-level security.
DO $$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['orderzap_owner', 'orderzap_app', 'orderzap_sync', 'orderzap_relay', 'orderzap_cleanup'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = wanted) THEN
      EXECUTE format('CREATE ROLE %I LOGIN', wanted);
    END IF;
  END LOOP;
  ALTER ROLE orderzap_owner NOSUPERUSER NOCREATEROLE BYPASSRLS;
  ALTER ROLE orderzap_app NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
  ALTER ROLE orderzap_sync NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
  ALTER ROLE orderzap_relay NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
  ALTER ROLE orderzap_cleanup NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS;
  ALTER ROLE orderzap_app SET plan_cache_mode = 'force_generic_plan';
  ALTER ROLE orderzap_relay SET plan_cache_mode = 'force_generic_plan';
  -- For a batch of a migration that triggers are not to hear of.
  GRANT SET ON PARAMETER session_replication_role TO orderzap_owner;
  -- Plans that do not hang on statistics: whatever a request looks for has an index,
  -- and what it reads is in memory. While tables are small, a plan that scans one
  -- looks as good, and it stays when the table has grown.
  FOREACH wanted IN ARRAY ARRAY['orderzap_app', 'orderzap_sync', 'orderzap_relay', 'orderzap_cleanup'] LOOP
    EXECUTE format('ALTER ROLE %I SET enable_seqscan = off', wanted);
    EXECUTE format('ALTER ROLE %I SET random_page_cost = 1.1', wanted);
    EXECUTE format('ALTER ROLE %I SET jit = off', wanted);
  END LOOP;
  EXECUTE format('ALTER DATABASE %I OWNER TO orderzap_owner', current_database());
  ALTER SCHEMA public OWNER TO orderzap_owner;
END
$$;
