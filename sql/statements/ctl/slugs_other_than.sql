SELECT count(*) AS count FROM slugs s WHERE s.slug <> ALL ($1::text[])
