-- Other MCP servers whose tools people and the assistant may use. The value of the header is sealed, bound to workspace
-- and server.
CREATE TABLE tool_servers (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    header TEXT,
    secret TEXT,
    is_trusted SMALLINT NOT NULL,
    is_enabled SMALLINT NOT NULL,
    checked TEXT,
    added_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX tool_servers_of_workspace ON tool_servers (workspace_id, slug);

-- What a server says of each of its tools: the text that a person accepted, and the newest one. A tool is used only
-- while both are the same.
CREATE TABLE server_tools (
    server_id TEXT NOT NULL,
    name TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    called TEXT NOT NULL,
    accepted TEXT,
    accepted_hash TEXT,
    offered TEXT,
    offered_hash TEXT,
    risk TEXT NOT NULL,
    PRIMARY KEY (server_id, name)
);

CREATE UNIQUE INDEX server_tools_called ON server_tools (workspace_id, called);
