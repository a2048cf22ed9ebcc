-- Prints the schema from the catalogue, in an order and in words that are the
-- same on each version of PostgreSQL; pg_dump's are not. `make schema` writes
-- docs/schema.sql with it; tests/lint/schema.lint compares the two.
SET search_path = public, pg_catalog;

CREATE TEMPORARY TABLE line (
  part integer,
  subject text COLLATE "C",
  kind integer, -- within its subject
  name text COLLATE "C",
  text text
);

-- Roles and their settings.
INSERT INTO line
SELECT 1, r.rolname, 0, '', E'\n' || format('CREATE ROLE %I %s;', r.rolname, concat_ws(' ',
    CASE WHEN r.rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN r.rolsuper THEN 'SUPERUSER' END,
    CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
    CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END))
FROM pg_roles r
WHERE r.rolname LIKE 'orderzap\_%';
INSERT INTO line
SELECT 1, r.rolname, 1, s.setting, format('ALTER ROLE %I SET %s;', r.rolname, regexp_replace(s.setting, '=', ' = '))
FROM pg_db_role_setting d
JOIN pg_roles r ON r.oid = d.setrole
CROSS JOIN unnest(d.setconfig) AS s (setting)
WHERE r.rolname LIKE 'orderzap\_%';
INSERT INTO line
SELECT 1, m.rolname, 2, g.rolname, format('GRANT %I TO %I;', g.rolname, m.rolname)
FROM pg_auth_members a
JOIN pg_roles g ON g.oid = a.roleid
JOIN pg_roles m ON m.oid = a.member
WHERE m.rolname LIKE 'orderzap\_%' AND g.rolname LIKE 'orderzap\_%';

-- Domains.
INSERT INTO line VALUES (2, '', 0, '', '');
INSERT INTO line
SELECT 2, t.typname, 0, '', format('CREATE DOMAIN %I AS %s', t.typname, format_type(t.typbasetype, t.typtypmod))
  || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
  || coalesce((
    SELECT string_agg(' ' || pg_get_constraintdef(c.oid, true), '' ORDER BY c.conname COLLATE "C")
    FROM pg_constraint c
    WHERE c.contypid = t.oid AND c.contype <> 'n'), '')
  || ';'
FROM pg_type t
WHERE t.typnamespace = 'public'::regnamespace AND t.typtype = 'd';

-- Tables, with all that belongs to each.
CREATE TEMPORARY VIEW ours AS
SELECT c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relacl, c.relowner
FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S');

CREATE TEMPORARY VIEW column_text AS
SELECT a.attrelid, a.attnum, '  ' || concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
    CASE a.attcompression WHEN 'l' THEN 'COMPRESSION lz4' WHEN 'p' THEN 'COMPRESSION pglz' END,
    CASE WHEN a.attnotnull THEN 'NOT NULL' END,
    CASE WHEN a.attidentity <> '' THEN 'GENERATED AS IDENTITY' END,
    CASE WHEN a.attgenerated <> '' THEN 'GENERATED ALWAYS AS' ELSE 'DEFAULT ' END || pg_get_expr(d.adbin, d.adrelid, true)) AS text
FROM pg_attribute a
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped;

CREATE TEMPORARY VIEW constraint_text AS
SELECT c.conrelid, c.contype, c.conname, format('  CONSTRAINT %I %s', c.conname, pg_get_constraintdef(c.oid, true)) AS text
FROM pg_constraint c
WHERE c.contype IN ('p', 'u', 'f', 'c', 'x');

INSERT INTO line
SELECT 3, o.relname, 0, '', CASE WHEN o.relkind IN ('r', 'p')
  THEN E'\n' || format('CREATE TABLE %I (', o.relname) || E'\n'
    || concat_ws(E',\n', (
      SELECT string_agg(c.text, E',\n' ORDER BY c.attnum) FROM column_text c WHERE c.attrelid = o.oid), (
      SELECT string_agg(c.text, E',\n' ORDER BY strpos('pucfx', c.contype::text), c.conname COLLATE "C")
      FROM constraint_text c WHERE c.conrelid = o.oid))
    || E'\n)' || coalesce(' WITH (' || array_to_string(o.reloptions, ', ') || ')', '') || ';'
  WHEN o.relkind = 'S' THEN format('CREATE SEQUENCE %I;', o.relname)
  ELSE E'\n' || format('CREATE VIEW %I AS%s', o.relname, E'\n' || pg_get_viewdef(o.oid, true)) END
FROM ours o;
INSERT INTO line
SELECT 3, o.relname, 1, i.relname, replace(pg_get_indexdef(i.oid), ' ON public.', ' ON ') || CASE WHEN x.indisvalid THEN ';' ELSE '; -- invalid' END
FROM ours o
JOIN pg_index x ON x.indrelid = o.oid
JOIN pg_class i ON i.oid = x.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u', 'x'));
INSERT INTO line
SELECT 3, o.relname, 2, t.tgname, pg_get_triggerdef(t.oid, true) || CASE t.tgenabled WHEN 'O' THEN ';' ELSE '; -- disabled' END
FROM ours o
JOIN pg_trigger t ON t.tgrelid = o.oid AND NOT t.tgisinternal;
INSERT INTO line
SELECT 3, o.relname, 3, '', concat_ws(E'\n',
  CASE WHEN o.relrowsecurity THEN format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY;', o.relname) END,
  CASE WHEN o.relforcerowsecurity THEN format('ALTER TABLE %I FORCE ROW LEVEL SECURITY;', o.relname) END)
FROM ours o
WHERE o.relrowsecurity OR o.relforcerowsecurity;
INSERT INTO line
SELECT 3, p.tablename, 4, p.policyname, format('CREATE POLICY %I ON %I', p.policyname, p.tablename)
  || CASE p.permissive WHEN 'PERMISSIVE' THEN '' ELSE ' AS RESTRICTIVE' END
  || format(' FOR %s TO %s', p.cmd, lower(array_to_string(p.roles, ', ')))
  || coalesce(E'\n  USING (' || p.qual || ')', '') || coalesce(E'\n  WITH CHECK (' || p.with_check || ')', '') || ';'
FROM pg_policies p
WHERE p.schemaname = 'public';

-- Functions: their signatures; the bodies are in sql/functions.
INSERT INTO line
SELECT 4, p.proname, 0, oidvectortypes(p.proargtypes), E'\n' || concat_ws(' ',
    format('CREATE FUNCTION %I(%s)', p.proname, pg_get_function_arguments(p.oid)),
    'RETURNS ' || pg_get_function_result(p.oid), 'LANGUAGE ' || l.lanname,
    CASE p.provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' END,
    CASE p.proparallel WHEN 's' THEN 'PARALLEL SAFE' WHEN 'r' THEN 'PARALLEL RESTRICTED' END,
    CASE WHEN p.proisstrict THEN 'STRICT' END,
    CASE WHEN p.prosecdef THEN 'SECURITY DEFINER' END,
    (SELECT string_agg(format('SET %s', s.setting), ' ' ORDER BY s.setting COLLATE "C") FROM unnest(p.proconfig) AS s (setting)),
    CASE WHEN l.lanname IN ('plpgsql', 'sql') THEN 'AS ...' END) || ';'
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e');

-- What each role may do beside the owner. EXECUTE is everybody's where nothing
-- else is said.
CREATE TEMPORARY VIEW granted AS
SELECT 0 AS part, 'SCHEMA public' AS subject, x.privilege_type AS privilege, x.grantee, n.nspowner AS owner
FROM pg_namespace n
CROSS JOIN aclexplode(n.nspacl) x
WHERE n.nspname = 'public'
UNION ALL
SELECT 3, quote_ident(o.relname), x.privilege_type, x.grantee, o.relowner
FROM ours o
CROSS JOIN aclexplode(o.relacl) x
UNION ALL
SELECT 3, quote_ident(o.relname), format('%s (%s)', x.privilege_type, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname COLLATE "C")), x.grantee, o.relowner
FROM ours o
JOIN pg_attribute a ON a.attrelid = o.oid
CROSS JOIN aclexplode(a.attacl) x
GROUP BY o.relname, x.privilege_type, x.grantee, o.relowner
UNION ALL
SELECT 4, format('FUNCTION %I(%s)', p.proname, oidvectortypes(p.proargtypes)), x.privilege_type, x.grantee, p.proowner
FROM pg_proc p
CROSS JOIN aclexplode(p.proacl) x
WHERE p.pronamespace = 'public'::regnamespace;
INSERT INTO line
SELECT g.part, CASE WHEN g.part = 4 THEN split_part(split_part(g.subject, ' ', 2), '(', 1) ELSE g.subject END, 5, coalesce(r.rolname, ''),
  format('GRANT %s ON %s TO %s;', string_agg(g.privilege, ', ' ORDER BY g.privilege COLLATE "C"), g.subject, coalesce(quote_ident(r.rolname), 'PUBLIC'))
FROM granted g
LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE g.grantee <> g.owner
GROUP BY g.part, g.subject, r.rolname;
INSERT INTO line
SELECT 4, p.proname, 4, '', format('REVOKE EXECUTE ON FUNCTION %I(%s) FROM PUBLIC;', p.proname, oidvectortypes(p.proargtypes))
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND p.proacl IS NOT NULL
  AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) x WHERE x.grantee = 0);

\echo '-- The schema, from the catalogue: make schema writes it, to be read and compared.'
\echo '-- It is made by sql/setup, sql/migrations and sql/functions.'
SELECT l.text
FROM line l
ORDER BY l.part, l.subject, l.kind, l.name;
