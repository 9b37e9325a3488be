CREATE TABLE mirror_syncs (
    connection_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    reached_at BIGINT,
    calls BIGINT NOT NULL,
    trouble TEXT,
    feed TEXT NOT NULL,
    feed_position TEXT,
    feed_at BIGINT
);

CREATE INDEX mirror_syncs_listed ON mirror_syncs (workspace_id, account_id);

CREATE TABLE mirror_scopes (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    rank BIGINT NOT NULL,
    mode TEXT NOT NULL,
    cursor TEXT,
    run BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    pages BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    total BIGINT,
    newest BIGINT NOT NULL,
    watermark BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    filled_at BIGINT,
    full_at BIGINT,
    checked_at BIGINT,
    failures BIGINT NOT NULL,
    is_absent SMALLINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, scope)
);

CREATE TABLE mirror_projects (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    status TEXT NOT NULL,
    app_url TEXT NOT NULL,
    todoset_id BIGINT,
    updated_at BIGINT NOT NULL,
    raw TEXT NOT NULL,
    seen_run BIGINT NOT NULL,
    hidden SMALLINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, id)
);

CREATE TABLE mirror_people (
    workspace_id TEXT NOT NULL,
    connection_id TEXT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    email TEXT,
    title TEXT,
    client SMALLINT NOT NULL,
    raw TEXT NOT NULL,
    seen_run BIGINT NOT NULL,
    hidden SMALLINT NOT NULL,
    PRIMARY KEY (workspace_id, connection_id, id)
);

CREATE TABLE mirror_records (
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    bucket_id BIGINT NOT NULL,
    parent_id BIGINT,
    parent_kind TEXT NOT NULL,
    parent_title TEXT NOT NULL,
    parent_url TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    completed SMALLINT NOT NULL,
    completed_at BIGINT,
    completer_id BIGINT,
    due_on TEXT,
    starts_on TEXT,
    position BIGINT NOT NULL,
    creator_id BIGINT,
    assignees BIGINT NOT NULL,
    comments BIGINT NOT NULL,
    for_clients SMALLINT NOT NULL,
    app_url TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    seen_run BIGINT NOT NULL,
    touched_at BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    dirty_at BIGINT,
    deleted_at BIGINT,
    PRIMARY KEY (workspace_id, account_id, id)
);

CREATE INDEX mirror_records_due ON mirror_records (workspace_id, account_id, kind, due_on)
    WHERE completed = 0 AND status = 'active' AND deleted_at IS NULL AND due_on IS NOT NULL;
CREATE INDEX mirror_records_free ON mirror_records (workspace_id, account_id, kind, due_on)
    WHERE completed = 0 AND status = 'active' AND deleted_at IS NULL AND assignees = 0;
CREATE INDEX mirror_records_quiet ON mirror_records (workspace_id, account_id, kind, active_at)
    WHERE completed = 0 AND status = 'active' AND deleted_at IS NULL AND assignees > 0;
CREATE INDEX mirror_records_done ON mirror_records (workspace_id, account_id, kind, completed_at)
    WHERE completed = 1 AND status = 'active' AND deleted_at IS NULL;
CREATE INDEX mirror_records_placed ON mirror_records (workspace_id, account_id, kind, bucket_id, completed, due_on)
    WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX mirror_records_swept ON mirror_records (workspace_id, account_id, kind, status, seen_run);
CREATE INDEX mirror_records_inside ON mirror_records (workspace_id, account_id, parent_id);
CREATE INDEX mirror_records_dirty ON mirror_records (workspace_id, account_id, dirty_at) WHERE dirty_at IS NOT NULL;

CREATE TABLE mirror_raw (
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (workspace_id, account_id, id)
);

CREATE TABLE mirror_assignees (
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    bucket_id BIGINT NOT NULL,
    is_open SMALLINT NOT NULL,
    due_on TEXT,
    PRIMARY KEY (workspace_id, account_id, record_id, person_id)
);

CREATE INDEX mirror_assignees_loaded ON mirror_assignees
    (workspace_id, account_id, kind, person_id, bucket_id, due_on, record_id) WHERE is_open = 1;

CREATE TABLE mirror_changes (
    id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    bucket_id BIGINT NOT NULL,
    field TEXT NOT NULL,
    old TEXT,
    new TEXT,
    who BIGINT,
    at BIGINT NOT NULL
);

CREATE INDEX mirror_changes_listed ON mirror_changes (workspace_id, account_id, record_id, at);
CREATE INDEX mirror_changes_recent ON mirror_changes (workspace_id, account_id, at);
