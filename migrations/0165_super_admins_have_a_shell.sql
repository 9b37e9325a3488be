-- Sessions of the shell of super admins. What was typed and answered is in the events of the workspace, from
-- first_event on.
CREATE TABLE shell_sessions (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    first_event BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    used_at BIGINT NOT NULL,
    closed_at BIGINT
);

CREATE INDEX shell_sessions_of_person ON shell_sessions (workspace_id, user_id, opened_at);

-- Failed runs that the shell started again, so that a repeated command starts none of them twice.
CREATE TABLE shell_reruns (
    workspace_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, run_id)
);
