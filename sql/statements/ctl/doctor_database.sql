SELECT current_setting('server_version_num')::integer / 10000, current_setting('server_version'),
       extract(epoch FROM clock_timestamp())::bigint, current_user, current_database(),
       current_setting('max_connections')::integer, current_setting('fsync'),
       current_setting('synchronous_commit')
