CREATE INDEX runs_ended ON runs (finished_at) WHERE finished_at IS NOT NULL;
