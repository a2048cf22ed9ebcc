-- What waits to go out (events to browsers, state to the Convex mirror) and
-- what came in from clients that were offline.

CREATE TABLE events (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  type text NOT NULL CHECK (length(type) BETWEEN 1 AND 60),
  session_id uuid,
  resource jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id)
);

-- One row an entity: what the mirror has still to learn of it.
CREATE TABLE sync_logs (
  restaurant_id uuid NOT NULL,
  entity_type text NOT NULL CHECK (length(entity_type) BETWEEN 1 AND 60),
  entity_id uuid NOT NULL,
  entity_version bigint NOT NULL,
  convex_sync_status text NOT NULL DEFAULT 'pending' CHECK (convex_sync_status IN ('pending', 'synced', 'dead')),
  convex_sync_attempts integer NOT NULL DEFAULT 0,
  convex_error text,
  next_attempt_at timestamptz NOT NULL,
  locked_until timestamptz,
  last_sync_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (restaurant_id, entity_type, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX sync_logs_due ON sync_logs (restaurant_id, next_attempt_at) WHERE convex_sync_status = 'pending';

CREATE TABLE sync_queue (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 255),
  change_id text NOT NULL CHECK (length(change_id) BETWEEN 1 AND 255),
  type text NOT NULL CHECK (length(type) BETWEEN 1 AND 60),
  payload jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('applied', 'rejected')),
  result jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  UNIQUE (restaurant_id, client_id, change_id)
);
