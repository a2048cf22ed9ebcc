-- Whether it is still the one, now that session_of_table_then has locked it: a merger may have come
-- in between.
SELECT session_of_table_at($1::uuid, $2::uuid, $3::timestamptz) AS session_id
