CREATE TABLE subscriptions (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    event TEXT NOT NULL,
    project_id TEXT NOT NULL,
    after_seq BIGINT NOT NULL,
    delivered BIGINT NOT NULL,
    last_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (workspace_id, user_id, event, project_id)
);
