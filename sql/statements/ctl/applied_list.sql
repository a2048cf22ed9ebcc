SELECT m.kind, m.name, m.checksum FROM public.schema_migrations m ORDER BY m.kind, m.name
