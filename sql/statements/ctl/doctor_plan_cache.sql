-- How the role plans: see sql/setup.
SELECT current_setting('plan_cache_mode') AS mode,
       current_setting('enable_seqscan')::boolean OR current_setting('random_page_cost')::numeric > 1.1 AS scans
