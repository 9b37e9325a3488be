CREATE TABLE event_counters (
    workspace_id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL
);

CREATE TABLE events (
    workspace_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    audited SMALLINT NOT NULL,
    actor_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    via TEXT NOT NULL,
    target TEXT NOT NULL,
    label TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL,
    ip TEXT,
    PRIMARY KEY (workspace_id, seq)
);

CREATE INDEX events_audited ON events (workspace_id, audited, seq);
