ALTER TABLE operations ADD COLUMN undoes TEXT;
ALTER TABLE outbox ADD COLUMN request_tool TEXT;

CREATE UNIQUE INDEX operations_undoes ON operations (workspace_id, undoes)
    WHERE undoes IS NOT NULL AND status IN ('running', 'completed');
