CREATE TABLE flow_watches (
    flow_id TEXT PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    what TEXT NOT NULL,
    project_id BIGINT,
    place_id BIGINT,
    person_id BIGINT,
    with_own SMALLINT NOT NULL,
    since BIGINT NOT NULL
);

CREATE INDEX flow_watches_listed ON flow_watches (workspace_id, what);

CREATE TABLE flow_starts (
    flow_id TEXT NOT NULL,
    dedupe TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    record_id BIGINT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL,
    noted_at BIGINT NOT NULL,
    taken_at BIGINT,
    PRIMARY KEY (flow_id, dedupe)
);

CREATE INDEX flow_starts_waiting ON flow_starts (noted_at) WHERE taken_at IS NULL;
CREATE INDEX flow_starts_taken ON flow_starts (taken_at) WHERE taken_at IS NOT NULL;
