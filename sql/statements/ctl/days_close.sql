SELECT days_close($1::integer) AS ended
