SELECT tickets_cleanup($1::integer) AS ended
