SELECT intents_expire($1::integer) AS ended
