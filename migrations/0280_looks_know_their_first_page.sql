-- What the first page of the last look for news held; a leading "=" says that two looks in a row met the same.
ALTER TABLE mirror_scopes ADD COLUMN first_page TEXT;
