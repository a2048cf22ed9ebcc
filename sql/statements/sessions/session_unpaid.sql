SELECT d.unpaid_orders, d.credit FROM session_due($1, $2) d
