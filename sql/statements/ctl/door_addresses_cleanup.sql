SELECT door_addresses_cleanup($1::integer) AS ended
