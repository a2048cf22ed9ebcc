SELECT r.pin_length FROM restaurants r WHERE r.id = $1
