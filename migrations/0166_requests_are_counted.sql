-- Answered requests in five minutes (slot, epoch milliseconds) that took at most bucket milliseconds, the last bucket
-- any longer time. workspace_id is empty for requests of nobody. Kept for 31 days.
CREATE TABLE request_counts (
    workspace_id TEXT NOT NULL,
    slot BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, slot, bucket)
);

CREATE INDEX runs_by_time ON runs (workspace_id, created_at, status);
