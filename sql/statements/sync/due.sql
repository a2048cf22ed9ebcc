SELECT d AS restaurant_id FROM sync_due() AS d
