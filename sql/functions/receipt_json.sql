-- A receipt as the API shows it: as it was issued, and whether it is a copy.
CREATE OR REPLACE FUNCTION public.receipt_json(restaurant uuid, receipt uuid, is_copy boolean) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT (left(r.document::text, -1) || ', "copy" : ' || is_copy::text || '}')::json
    FROM public.receipts r
    WHERE r.restaurant_id = restaurant AND r.id = receipt);
END
$$;
