-- The call of a task, JSON {name, args}: taken up again when the process that ran it died. None for a call that changes
-- something, which is not known to be repeatable.
ALTER TABLE mcp_tasks ADD COLUMN call TEXT;
