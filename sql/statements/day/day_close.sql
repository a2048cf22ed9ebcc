SELECT close_day($1, $2::date, $3::uuid, $4::boolean) AS done
