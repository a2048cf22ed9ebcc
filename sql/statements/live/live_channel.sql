SELECT live_channel($1, $2) AS channel
