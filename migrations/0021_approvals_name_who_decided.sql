ALTER TABLE approvals ADD COLUMN decided_by_id TEXT;
