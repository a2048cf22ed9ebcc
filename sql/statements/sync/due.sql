SELECT d FROM sync_due() AS d
