-- A page of closed business days, the latest first.
SELECT json_build_object(
  'data', coalesce(json_agg(json_build_object(
      'business_date', p.business_date, 'number', p.number, 'closed_by', p.closed_by, 'closed_at', rfc3339(p.closed_at),
      'was_forced', p.was_forced, 'orders', p.report #> '{totals,orders}', 'total_amount', p.report #> '{totals,total_amount}')
    ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.business_date::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.business_date, f.number, f.closed_by, f.closed_at, f.was_forced, f.report,
    row_number() OVER (ORDER BY f.business_date DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT b.business_date, b.number, b.closed_by, b.closed_at, b.was_forced, b.report
    FROM business_days b
    WHERE b.restaurant_id = $1 AND b.business_date < coalesce($3::date, 'infinity')
      AND b.business_date BETWEEN coalesce($4::date, '-infinity') AND coalesce($5::date, 'infinity')
    ORDER BY b.business_date DESC
    LIMIT $2::integer + 1) f) p
