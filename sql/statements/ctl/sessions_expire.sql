SELECT sessions_expire($1::integer) AS ended
