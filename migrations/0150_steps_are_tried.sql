ALTER TABLE runs ADD COLUMN trial TEXT;

CREATE TABLE flow_samples (
    flow_id TEXT NOT NULL,
    step TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    maker TEXT NOT NULL,
    origin TEXT NOT NULL,
    input TEXT NOT NULL,
    output TEXT,
    error TEXT,
    warnings TEXT,
    duration_us BIGINT,
    tested_at BIGINT NOT NULL,
    PRIMARY KEY (flow_id, step)
);

CREATE INDEX flow_samples_listed ON flow_samples (workspace_id, flow_id);

CREATE TABLE flow_listens (
    flow_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    until_at BIGINT NOT NULL
);
