DELETE FROM order_counters c WHERE c.business_date < current_date - 400
