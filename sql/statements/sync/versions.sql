SELECT v.id, v.version FROM sync_versions($1::uuid, $2::text, $3::uuid, $4::integer) AS v
