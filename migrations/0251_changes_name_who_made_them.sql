-- Who made a change in PM OS, by name; none where it was made in Basecamp.
ALTER TABLE mirror_changes ADD COLUMN actor TEXT;
