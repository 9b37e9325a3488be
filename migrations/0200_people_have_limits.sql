CREATE TABLE person_limits (
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    period TEXT NOT NULL,
    most DOUBLE PRECISION NOT NULL,
    set_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, measure, period)
);

CREATE TABLE model_usage_people (
    workspace_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    day TEXT NOT NULL,
    tokens BIGINT NOT NULL,
    cost_micros BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, user_id, day)
);

CREATE INDEX operations_of_person ON operations (workspace_id, user_id, created_at);
