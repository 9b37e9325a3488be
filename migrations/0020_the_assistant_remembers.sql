CREATE TABLE chat_sessions (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    project_id TEXT,
    persona_id TEXT,
    message_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX chat_sessions_owner ON chat_sessions (workspace_id, user_id, updated_at);

CREATE TABLE chat_messages (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    tool_calls TEXT,
    tool_results TEXT,
    note TEXT,
    run_id TEXT,
    root_id TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (session_id, seq)
);

CREATE INDEX chat_messages_root ON chat_messages (workspace_id, root_id);

CREATE TABLE chat_runs (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    session_id TEXT NOT NULL,
    root_id TEXT NOT NULL,
    parent_run_id TEXT,
    status TEXT NOT NULL,
    runtime TEXT NOT NULL,
    model TEXT NOT NULL,
    iterations BIGINT NOT NULL,
    tools_used TEXT NOT NULL,
    flow_id TEXT,
    project_id TEXT,
    today TEXT NOT NULL,
    approval_id TEXT,
    error TEXT,
    resumed BIGINT NOT NULL,
    request_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT
);

CREATE INDEX chat_runs_session ON chat_runs (workspace_id, session_id, created_at);
CREATE UNIQUE INDEX chat_runs_active ON chat_runs (session_id) WHERE status IN ('queued', 'running');

CREATE TABLE chat_events (
    run_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    workspace_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    event TEXT NOT NULL,
    data TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (run_id, seq)
);

CREATE INDEX chat_events_session ON chat_events (workspace_id, session_id);

CREATE TABLE chat_calls (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    root_id TEXT NOT NULL,
    run_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    args TEXT NOT NULL,
    status TEXT NOT NULL,
    result TEXT,
    approval_id TEXT,
    started_at BIGINT,
    ended_at BIGINT,
    UNIQUE (root_id, position)
);

CREATE TABLE approvals (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    status TEXT NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    tool TEXT NOT NULL,
    args TEXT NOT NULL,
    args_hash TEXT NOT NULL,
    guard TEXT NOT NULL,
    risk TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_by_name TEXT NOT NULL,
    run_id TEXT,
    session_id TEXT,
    flow_id TEXT,
    call_id TEXT,
    operation_id TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    decided_by TEXT,
    decided_at BIGINT,
    note TEXT,
    result TEXT
);

CREATE INDEX approvals_status ON approvals (workspace_id, status, created_at);
CREATE INDEX approvals_due ON approvals (status, expires_at);

CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    session_id TEXT,
    run_id TEXT,
    command TEXT,
    tool TEXT NOT NULL,
    arguments TEXT NOT NULL,
    target TEXT,
    project_id TEXT,
    risk TEXT NOT NULL,
    approval_required SMALLINT NOT NULL,
    approval_id TEXT,
    status TEXT NOT NULL,
    duration_ms BIGINT,
    result_excerpt TEXT,
    error TEXT,
    undo TEXT,
    undone_at BIGINT,
    approved_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX operations_newest ON operations (workspace_id, created_at);

CREATE TABLE tool_keys (
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    request_key TEXT NOT NULL,
    args_hash TEXT NOT NULL,
    answer TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, tool, request_key)
);
