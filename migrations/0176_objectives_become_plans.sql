-- What the assistant would do for an objective, before anybody says yes. A plan is carried out at most once: run_id is
-- the run that does it.
CREATE TABLE plans (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    objective TEXT NOT NULL,
    project_id TEXT,
    steps TEXT NOT NULL,
    run_id TEXT,
    created_at BIGINT NOT NULL
);

CREATE INDEX plans_of_person ON plans (workspace_id, user_id, created_at);
