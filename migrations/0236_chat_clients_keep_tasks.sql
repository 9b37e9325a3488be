-- A call of a chat client that took long, and what became of it: state is the task as the protocol tells it, JSON, once
-- it ended. seen_at is when the node that runs it last said so, or when it ended. Empty ids mean nobody.
CREATE TABLE mcp_tasks (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT,
    is_to_stop SMALLINT NOT NULL DEFAULT 0,
    seen_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX mcp_tasks_oldest ON mcp_tasks (seen_at);

-- What a conversation of a chat client wants to be told of.
CREATE TABLE mcp_watched (
    session_id TEXT NOT NULL REFERENCES mcp_sessions (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    PRIMARY KEY (session_id, uri)
);
