-- People see where they are signed in, and when they were last here. Sessions from before this say neither.
ALTER TABLE sessions ADD COLUMN seen_at BIGINT;
ALTER TABLE sessions ADD COLUMN device TEXT;
ALTER TABLE sessions ADD COLUMN ip TEXT;
ALTER TABLE memberships ADD COLUMN seen_at BIGINT;
