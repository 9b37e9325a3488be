-- A chat client that registered itself, which anybody may do: it belongs to no workspace, so workspace_id is empty.
-- redirect_uris is a JSON list.
CREATE TABLE oauth_clients (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    name TEXT NOT NULL,
    redirect_uris TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX oauth_clients_oldest ON oauth_clients (created_at);

-- What a person allowed a client in one workspace. resource is the address its tokens are for. Taking it back deletes
-- it with its tokens.
CREATE TABLE oauth_grants (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_name TEXT NOT NULL,
    resource TEXT NOT NULL,
    role TEXT NOT NULL,
    ask_first SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);

CREATE INDEX oauth_grants_of_user ON oauth_grants (workspace_id, user_id);
CREATE INDEX oauth_grants_of_client ON oauth_grants (client_id);

-- Codes and tokens of a grant, as hashes. kind is code, access or refresh; redirect_uri and challenge are of codes.
-- A code or refresh token is used once; a second use ends its grant, so the used one stays until it expires.
CREATE TABLE oauth_tokens (
    token_hash TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    redirect_uri TEXT,
    challenge TEXT,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE INDEX oauth_tokens_of_grant ON oauth_tokens (workspace_id, grant_id);
CREATE INDEX oauth_tokens_oldest ON oauth_tokens (expires_at);
