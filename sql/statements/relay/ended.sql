SELECT e.id, e.xid, e.session_id FROM relay_ended() AS e
