CREATE TABLE flow_proposals (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    base_revision BIGINT NOT NULL,
    title TEXT NOT NULL,
    edits TEXT NOT NULL,
    status TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT
);

CREATE INDEX flow_proposals_open ON flow_proposals (workspace_id, flow_id, status);
