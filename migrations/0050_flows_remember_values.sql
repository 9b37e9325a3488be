CREATE TABLE flow_values (
    workspace_id TEXT NOT NULL,
    kept_for TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, kept_for, name)
);

CREATE TABLE run_effects (
    workspace_id TEXT NOT NULL,
    effect_key TEXT NOT NULL,
    run_id TEXT NOT NULL,
    output TEXT NOT NULL,
    PRIMARY KEY (workspace_id, effect_key)
);

CREATE INDEX run_effects_of_run ON run_effects (workspace_id, run_id);
