-- Stored access of flows to apps. The secret is sealed with a key of its own, and that key with the installation's;
-- both are bound to workspace and connection. owner_id is empty for the workspace's own.
CREATE TABLE flow_connections (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    name TEXT NOT NULL,
    piece TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    problem TEXT,
    data_key TEXT NOT NULL,
    secret TEXT NOT NULL,
    meta TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    tested_at BIGINT,
    used_at BIGINT,
    expires_at BIGINT,
    renewing_until BIGINT NOT NULL
);

CREATE UNIQUE INDEX flow_connections_named ON flow_connections (workspace_id, owner_id, external_id);

-- Sign-ins at apps under way. Only hashes of the state and of the session it was started in are kept; a row is deleted
-- by the answer it waits for.
CREATE TABLE oauth_states (
    state_hash TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    session_hash TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    verifier TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX oauth_states_ended ON oauth_states (expires_at);
