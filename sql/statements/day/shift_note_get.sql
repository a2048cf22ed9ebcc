SELECT shift_note_json(n.restaurant_id, n.id) AS answer
FROM shift_notes n
WHERE n.restaurant_id = $1 AND n.id = $2
