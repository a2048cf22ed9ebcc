-- One snapshot for all that a request reads.
BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY
