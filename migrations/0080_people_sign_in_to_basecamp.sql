-- A sign-in under way: the state of the address, known by its hash, and the browser that began it. user_id is empty
-- when nobody is signed in; workspace_id is then empty too.
CREATE TABLE basecamp_sign_ins (
    state_hash TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    purpose TEXT NOT NULL,
    back TEXT NOT NULL,
    verifier TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX basecamp_sign_ins_expire ON basecamp_sign_ins (expires_at);

-- Whose a sign-in at Basecamp is, and where they came with it first. E-mails link nobody: they are not verified.
CREATE TABLE basecamp_identities (
    identity_id BIGINT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE INDEX basecamp_identities_of_user ON basecamp_identities (workspace_id, user_id);
