-- Which run another one tries again; the few runs that failed, wait, are tests or were started by a person are found
-- without looking through all that ran. SQLite uses an index on some rows only for a question that asks for exactly
-- those. A run that an address or a clock starts and that succeeds pays for none of them.
ALTER TABLE runs ADD COLUMN retry_of TEXT;

CREATE INDEX runs_retried ON runs (workspace_id, retry_of) WHERE retry_of IS NOT NULL;
CREATE INDEX runs_failed ON runs (workspace_id, id)
    WHERE status IN ('FAILED', 'TIMEOUT', 'INTERNAL_ERROR', 'QUOTA_EXCEEDED', 'MEMORY_LIMIT_EXCEEDED');
CREATE INDEX runs_waiting ON runs (workspace_id, id) WHERE status = 'PAUSED';
CREATE INDEX runs_tried ON runs (workspace_id, id) WHERE environment = 'TESTING';
CREATE INDEX runs_of_person ON runs (workspace_id, acting_user, id) WHERE triggered_by IN ('manual', 'retry');
