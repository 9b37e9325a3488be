CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    visibility TEXT NOT NULL,
    flow_id TEXT,
    content TEXT NOT NULL,
    tags TEXT NOT NULL,
    seed TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX templates_listed ON templates (workspace_id, kind, id);
CREATE UNIQUE INDEX templates_seeded ON templates (workspace_id, seed) WHERE seed IS NOT NULL;
