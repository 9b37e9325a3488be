-- What the last look at a key found, as JSON; none before the first one, and after the key changed.
ALTER TABLE model_keys ADD COLUMN checked TEXT;
