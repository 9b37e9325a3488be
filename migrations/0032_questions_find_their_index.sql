DROP INDEX mirror_records_swept;
DROP INDEX mirror_records_free;
DROP INDEX mirror_records_quiet;

CREATE INDEX mirror_records_walked ON mirror_records
    (workspace_id, account_id, seen_run, kind, status, bucket_id, deleted_at);
CREATE INDEX mirror_records_free ON mirror_records (workspace_id, account_id, kind, assignees, due_on)
    WHERE completed = 0 AND status = 'active' AND deleted_at IS NULL;
CREATE INDEX mirror_records_quiet ON mirror_records (workspace_id, account_id, kind, active_at)
    WHERE completed = 0 AND status = 'active' AND deleted_at IS NULL;
CREATE INDEX mirror_records_open ON mirror_records (workspace_id, account_id, kind, bucket_id)
    WHERE completed = 0 AND status = 'active' AND deleted_at IS NULL;
