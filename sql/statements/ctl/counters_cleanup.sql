SELECT counters_cleanup($1::integer) AS ended
