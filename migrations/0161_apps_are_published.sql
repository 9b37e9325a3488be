CREATE TABLE apps (
    template_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    flow_id TEXT,
    icon TEXT NOT NULL,
    category TEXT NOT NULL,
    tags TEXT NOT NULL,
    featured SMALLINT NOT NULL,
    display_order BIGINT NOT NULL,
    input_schema TEXT NOT NULL,
    output_type TEXT NOT NULL,
    output_schema TEXT NOT NULL,
    audience TEXT NOT NULL,
    publish_status TEXT NOT NULL,
    missing TEXT,
    run_count BIGINT NOT NULL,
    success_count BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    total_ms BIGINT NOT NULL,
    last_run_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX apps_listed ON apps (workspace_id, featured, display_order, template_id);
CREATE INDEX apps_shown ON apps (audience, publish_status);
CREATE INDEX apps_of_flow ON apps (workspace_id, flow_id);

ALTER TABLE runs ADD COLUMN app_id TEXT;
ALTER TABLE runs ADD COLUMN app_caller TEXT;
ALTER TABLE runs ADD COLUMN app_call TEXT;

CREATE INDEX runs_of_app ON runs (workspace_id, app_id, id) WHERE app_id IS NOT NULL;
CREATE INDEX events_of_kind ON events (workspace_id, kind, seq);
