-- All sign-ins of the account, except one family ($3) if given.
UPDATE refresh_tokens t SET revoked_at = now()
WHERE t.restaurant_id = $1 AND t.staff_id = $2 AND t.revoked_at IS NULL
  AND ($3::uuid IS NULL OR t.family_id <> $3)
