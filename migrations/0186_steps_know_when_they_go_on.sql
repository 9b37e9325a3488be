ALTER TABLE run_steps ADD COLUMN resume_at BIGINT;
