SELECT current_setting('server_version_num')::integer / 10000 AS major, current_setting('server_version') AS version,
       extract(epoch FROM clock_timestamp())::bigint AS now, current_setting('max_connections')::integer AS max_connections,
       current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit
