-- What an approval would change, field by field, and who would see it, as a JSON object; nothing in those asked for before.
ALTER TABLE approvals ADD COLUMN effects TEXT;
