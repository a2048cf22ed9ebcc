SELECT s FROM relay_sessions($1::uuid) AS s
