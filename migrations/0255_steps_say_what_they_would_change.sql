-- What a step would have changed, as a sentence; only in dry runs, which change nothing.
ALTER TABLE run_steps ADD COLUMN would_change TEXT;
