CREATE TABLE table_rows (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    table_name TEXT NOT NULL,
    cells TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX table_rows_listed ON table_rows (workspace_id, table_name, id);
