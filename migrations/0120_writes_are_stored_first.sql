CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    request_key TEXT,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    body TEXT NOT NULL,
    before_body TEXT,
    state TEXT NOT NULL,
    found TEXT,
    owner TEXT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL
);

CREATE INDEX outbox_operation ON outbox (workspace_id, operation_id);
CREATE INDEX outbox_due ON outbox (next_at);
