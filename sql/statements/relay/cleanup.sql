SELECT relay_cleanup()
