SELECT current_setting('plan_cache_mode') AS mode
