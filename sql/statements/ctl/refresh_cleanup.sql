SELECT refresh_cleanup($1::integer) AS ended
