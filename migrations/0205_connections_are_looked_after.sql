-- What PM OS found when it last tested a connection by itself, and when it does so again.
CREATE TABLE connection_care (
    workspace_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    verdict TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    checked_at BIGINT,
    error TEXT,
    hint TEXT,
    PRIMARY KEY (workspace_id, kind, target)
);

CREATE INDEX connection_care_due ON connection_care (due_at);
