CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    goal TEXT NOT NULL,
    strategy TEXT NOT NULL,
    schedule TEXT NOT NULL,
    is_executing SMALLINT NOT NULL,
    is_paused SMALLINT NOT NULL,
    next_at BIGINT,
    asked_at BIGINT,
    is_asked_dry SMALLINT NOT NULL,
    session_id TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX agents_listed ON agents (workspace_id, created_at);
-- Whoever starts them looks in every workspace at once.
CREATE INDEX agents_due ON agents (next_at);

CREATE TABLE agent_runs (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    is_dry SMALLINT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    findings TEXT,
    started_at BIGINT NOT NULL,
    ended_at BIGINT
);

CREATE INDEX agent_runs_listed ON agent_runs (workspace_id, agent_id, started_at);
CREATE INDEX agent_runs_open ON agent_runs (ended_at, started_at);

CREATE INDEX chat_runs_root ON chat_runs (workspace_id, root_id);
