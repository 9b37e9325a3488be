ALTER TABLE mirror_records ADD COLUMN words TSVECTOR GENERATED ALWAYS AS (
    setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'B')
) STORED;

CREATE INDEX mirror_records_words ON mirror_records USING GIN (words);
