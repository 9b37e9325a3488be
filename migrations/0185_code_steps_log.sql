ALTER TABLE run_steps ADD COLUMN logged TEXT;

ALTER TABLE flow_samples ADD COLUMN logged TEXT;
