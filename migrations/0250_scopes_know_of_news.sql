-- When news were heard of that no look has taken in yet; none when all that is known of is there.
ALTER TABLE mirror_scopes ADD COLUMN news_at BIGINT;
