SELECT set_tenant($1)
