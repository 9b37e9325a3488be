-- A key stands for a person in one workspace, with at most their role there. Only the hash of its text is kept.
-- tools is a JSON list of tool groups and names; an empty one is every tool.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    label TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    prefix TEXT NOT NULL,
    last4 TEXT NOT NULL,
    role TEXT NOT NULL,
    profile TEXT NOT NULL,
    ask_first SMALLINT NOT NULL,
    can_approve SMALLINT NOT NULL,
    tools TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    expires_at BIGINT
);

CREATE INDEX api_keys_newest ON api_keys (workspace_id, created_at);
CREATE INDEX api_keys_of_user ON api_keys (workspace_id, user_id);
