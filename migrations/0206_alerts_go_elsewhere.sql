-- Alerts on their way to where the workspace wants them besides the app.
CREATE TABLE alert_deliveries (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    about TEXT NOT NULL,
    way TEXT NOT NULL,
    target TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    error TEXT,
    sent_once TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX alert_deliveries_once ON alert_deliveries (workspace_id, sent_once);

CREATE INDEX alert_deliveries_of_workspace ON alert_deliveries (workspace_id, created_at);

CREATE INDEX alert_deliveries_waiting ON alert_deliveries (due_at) WHERE state = 'waiting';
