ALTER TABLE event_counters ADD COLUMN head TEXT NOT NULL DEFAULT '';

ALTER TABLE events ADD COLUMN hash TEXT;

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are only added');
END;

CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are only added');
END;
