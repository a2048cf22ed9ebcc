-- Whether a receipt was issued within a year.
SELECT EXISTS (
  SELECT FROM receipts i WHERE i.restaurant_id = $1 AND i.business_date > (now() - interval '366 days')::date) AS found
