SELECT e.id, e.xid, e.restaurant_id, e.session_id, e.sessions, e.ends_session, e.body
FROM relay_events($1::xid8, $2::xid8[]) AS e
