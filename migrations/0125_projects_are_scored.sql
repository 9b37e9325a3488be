CREATE TABLE insight_scores (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    inputs TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, kind, project_id, day)
);

CREATE INDEX insight_scores_recent ON insight_scores (workspace_id, connection_id, at_ms);

CREATE TABLE insights (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    project_id BIGINT,
    person_id BIGINT,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    severity TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    acknowledged_at BIGINT,
    acknowledged_severity TEXT,
    resolved_at BIGINT
);

CREATE UNIQUE INDEX insights_open ON insights (workspace_id, connection_id, kind, subject) WHERE resolved_at IS NULL;
