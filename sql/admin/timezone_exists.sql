SELECT 1 FROM pg_timezone_names z WHERE z.name = $1
