-- The connection of the workspace that holds what a person was given when they signed in to a server with the browser.
ALTER TABLE tool_servers ADD COLUMN connection_id TEXT;
