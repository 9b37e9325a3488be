CREATE TABLE chat_rounds (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    root_id TEXT NOT NULL,
    heard BIGINT NOT NULL,
    text TEXT NOT NULL,
    note TEXT,
    first_call BIGINT NOT NULL,
    end_call BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX chat_rounds_root ON chat_rounds (workspace_id, root_id);

ALTER TABLE chat_runs ADD COLUMN lease_owner TEXT;
ALTER TABLE chat_runs ADD COLUMN lease_until BIGINT;

CREATE TABLE model_keys (
    workspace_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    label TEXT,
    model TEXT,
    base_url TEXT,
    secret TEXT NOT NULL,
    last4 TEXT NOT NULL,
    input_price DOUBLE PRECISION,
    output_price DOUBLE PRECISION,
    context_tokens BIGINT,
    validated_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, owner_id, provider)
);

CREATE TABLE personal_settings (
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    provider TEXT,
    model TEXT,
    preferences TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id)
);

CREATE TABLE model_usage (
    workspace_id TEXT NOT NULL,
    month TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    input_tokens BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_micros BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, month, provider, model)
);

CREATE TABLE memories (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    project_id TEXT,
    kind TEXT NOT NULL,
    content TEXT NOT NULL,
    tags TEXT NOT NULL,
    importance DOUBLE PRECISION NOT NULL,
    source TEXT NOT NULL,
    trust TEXT NOT NULL,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);

CREATE INDEX memories_scope ON memories (workspace_id, scope, owner_id, updated_at);
