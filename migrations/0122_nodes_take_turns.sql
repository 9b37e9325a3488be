CREATE TABLE renewals (
    connection_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    until BIGINT NOT NULL
);
