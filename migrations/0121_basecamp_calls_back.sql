CREATE TABLE basecamp_hooks (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    hook_id BIGINT,
    token_hash TEXT NOT NULL,
    checked_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX basecamp_hooks_project ON basecamp_hooks (workspace_id, connection_id, project_id);

CREATE TABLE basecamp_hints (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    event_id BIGINT NOT NULL,
    recording_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    is_new SMALLINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, event_id)
);

CREATE INDEX basecamp_hints_new ON basecamp_hints (workspace_id, connection_id, is_new);
