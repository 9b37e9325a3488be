CREATE TABLE flow_engines (
    workspace_id TEXT PRIMARY KEY,
    engine TEXT NOT NULL,
    url TEXT NOT NULL,
    api TEXT NOT NULL,
    is_trusted SMALLINT NOT NULL,
    sign_in TEXT NOT NULL,
    email TEXT,
    secret TEXT NOT NULL,
    project_id TEXT NOT NULL,
    project_name TEXT,
    version TEXT NOT NULL,
    checked TEXT,
    updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX flow_engines_of_one_workspace ON flow_engines (api, project_id);
