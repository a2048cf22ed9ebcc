SELECT u.session_list AS sessions, u.order_list AS orders, u.drawer_list AS drawers,
  json_array_length(u.session_list) + json_array_length(u.order_list) + json_array_length(u.drawer_list) AS n
FROM day_unsettled($1, $2::date) u
