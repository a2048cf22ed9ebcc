SELECT day_lock($1) AS done
