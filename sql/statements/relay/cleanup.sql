SELECT relay_cleanup() AS done
