-- NULL leaves a column as it is.
UPDATE staff s
SET email = coalesce(lower($3), s.email), display_name = coalesce($4, s.display_name),
    role = coalesce($5, s.role), is_active = coalesce($6::boolean, s.is_active),
    password_hash = coalesce($7, s.password_hash)
WHERE s.restaurant_id = $1 AND s.id = $2
