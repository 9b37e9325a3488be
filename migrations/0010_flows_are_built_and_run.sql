CREATE TABLE flows (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    name TEXT NOT NULL,
    folder_id TEXT,
    status TEXT NOT NULL,
    published_version_id TEXT,
    latest_version_id TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    published_by TEXT,
    hook TEXT NOT NULL UNIQUE,
    metadata TEXT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX flows_listed ON flows (workspace_id, updated_at);

CREATE TABLE flow_versions (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    valid SMALLINT NOT NULL,
    body TEXT NOT NULL,
    updated_by TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX flow_versions_listed ON flow_versions (workspace_id, flow_id, id);

CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    flow_id TEXT NOT NULL,
    version_id TEXT NOT NULL,
    flow_name TEXT NOT NULL,
    environment TEXT NOT NULL,
    status TEXT NOT NULL,
    triggered_by TEXT NOT NULL,
    acting_user TEXT NOT NULL,
    payload TEXT NOT NULL,
    response TEXT,
    dedupe TEXT,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    resume_at BIGINT,
    active_ms BIGINT NOT NULL,
    steps_count BIGINT NOT NULL,
    resumed BIGINT NOT NULL,
    failed_step TEXT,
    failed_step_name TEXT,
    error TEXT,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL
);

CREATE INDEX runs_listed ON runs (workspace_id, id);
CREATE INDEX runs_of_flow ON runs (workspace_id, flow_id, id);
CREATE INDEX runs_open ON runs (status, resume_at) WHERE status IN ('QUEUED', 'RUNNING', 'PAUSED');
CREATE UNIQUE INDEX runs_started_once ON runs (flow_id, dedupe) WHERE dedupe IS NOT NULL;

CREATE TABLE run_steps (
    run_id TEXT NOT NULL,
    path TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    input TEXT NOT NULL,
    output TEXT,
    error TEXT,
    warnings TEXT,
    effect_key TEXT,
    attempt BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_us BIGINT,
    PRIMARY KEY (run_id, path)
);

CREATE TABLE schedules (
    flow_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    next_at BIGINT NOT NULL
);

CREATE INDEX schedules_due ON schedules (next_at);

CREATE TABLE notifications (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    link TEXT,
    sent_once TEXT UNIQUE,
    created_at BIGINT NOT NULL,
    read_at BIGINT
);

CREATE INDEX notifications_listed ON notifications (workspace_id, user_id, id);
