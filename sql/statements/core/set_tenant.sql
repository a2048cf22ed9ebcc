SELECT set_tenant($1) AS done
