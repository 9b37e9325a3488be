ALTER TABLE flows ADD COLUMN runs_at_once BIGINT;

CREATE INDEX flows_limited ON flows (workspace_id, id) WHERE runs_at_once IS NOT NULL;

-- What waits, pauses and works is found without looking through what has ended: SQLite uses an index on some rows only
-- for a question that asks for exactly those.
CREATE INDEX runs_queued ON runs (workspace_id, flow_id, id) WHERE status = 'QUEUED';
CREATE INDEX runs_paused ON runs (resume_at) WHERE status = 'PAUSED';
CREATE INDEX runs_running ON runs (workspace_id, flow_id) WHERE status = 'RUNNING';
