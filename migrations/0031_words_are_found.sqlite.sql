CREATE TABLE mirror_word_rows (
    docid INTEGER PRIMARY KEY,
    workspace_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    UNIQUE (workspace_id, account_id, id)
);

CREATE VIRTUAL TABLE mirror_words USING fts5(
    title, body, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'
);
