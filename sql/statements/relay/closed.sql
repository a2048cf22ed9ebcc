SELECT c.kind, c.channel FROM relay_closed() AS c
