-- The types of entities that are mirrored.
SELECT e.entity_type FROM sync_entities() AS e
