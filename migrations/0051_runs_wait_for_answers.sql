CREATE TABLE run_waits (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    message TEXT NOT NULL,
    waited_by TEXT,
    child_run_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answer TEXT,
    answered_at BIGINT
);

CREATE UNIQUE INDEX run_waits_of_step ON run_waits (run_id, path);
CREATE INDEX run_waits_for_child ON run_waits (child_run_id) WHERE child_run_id IS NOT NULL;
