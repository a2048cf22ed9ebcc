-- A page of the notes of some business days ($4 to $5), newest first.
SELECT json_build_object(
  'data', coalesce(json_agg(shift_note_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.business_date DESC, f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT n.business_date, n.id
    FROM shift_notes n
    WHERE n.restaurant_id = $1
      AND n.business_date BETWEEN coalesce($4::date, '-infinity') AND coalesce($5::date, 'infinity')
      AND (n.business_date, n.id) < (
        coalesce((SELECT c.business_date FROM shift_notes c WHERE c.restaurant_id = $1 AND c.id = $3::uuid), 'infinity'),
        coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
    ORDER BY n.business_date DESC, n.id DESC
    LIMIT $2::integer + 1) f) p
