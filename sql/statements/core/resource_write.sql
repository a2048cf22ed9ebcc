SELECT resource_write($1, $2, $3, $4::jsonb) AS done
