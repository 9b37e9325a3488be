-- After each run it is looked for others that wait for a decision which was taken: of the few that waited, those that
-- nothing carries on yet. Over all workspaces, as the assistant looks after all of them.
CREATE INDEX chat_runs_waiting ON chat_runs (approval_id) WHERE status = 'waiting_approval';
CREATE INDEX chat_runs_parent ON chat_runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
