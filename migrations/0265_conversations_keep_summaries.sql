-- What was said before the newest turns of a conversation, in short, up to one of its turns: made once, not for every answer.
CREATE TABLE chat_summaries (
    session_id TEXT NOT NULL PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    until_seq BIGINT NOT NULL,
    text TEXT NOT NULL,
    -- Text from outside is in it.
    is_tainted SMALLINT NOT NULL,
    updated_at BIGINT NOT NULL
);
