CREATE INDEX mirror_records_latest ON mirror_records (workspace_id, account_id, bucket_id, created_at)
    WHERE status = 'active' AND deleted_at IS NULL;
CREATE INDEX mirror_changes_placed ON mirror_changes (workspace_id, account_id, bucket_id, at);

CREATE TABLE flow_projects (
    workspace_id TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    flow_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, project_id, flow_id)
);

CREATE INDEX flow_projects_listed ON flow_projects (workspace_id, flow_id);

INSERT INTO flow_projects (workspace_id, project_id, flow_id)
SELECT DISTINCT f.workspace_id, p.id, f.id
FROM flows f
JOIN flow_versions v ON v.id = f.latest_version_id
JOIN mirror_projects p ON p.workspace_id = f.workspace_id
WHERE v.body LIKE '%"project":"' || CAST(p.id AS TEXT) || '"%'
   OR v.body LIKE '%"project":' || CAST(p.id AS TEXT) || ',%'
   OR v.body LIKE '%"project":' || CAST(p.id AS TEXT) || '}%';
