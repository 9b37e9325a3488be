CREATE INDEX mirror_records_made ON mirror_records (workspace_id, account_id, created_at) WHERE deleted_at IS NULL;
