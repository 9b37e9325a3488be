-- A conversation that a chat client opened over MCP. An empty user_id and workspace_id mean that nobody was signed in
-- when it began. state is what the client said about itself, JSON.
CREATE TABLE mcp_sessions (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX mcp_sessions_oldest ON mcp_sessions (created_at);
