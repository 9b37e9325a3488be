CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    owner_id TEXT,
    app TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    secret TEXT NOT NULL,
    meta TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX connections_app ON connections (workspace_id, app);
