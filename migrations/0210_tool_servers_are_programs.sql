-- A tool server may be a program on this machine: its command and the names of its variables, as JSON. What it is
-- started with is sealed where the value of a header would be. Without a program, a server has an address.
ALTER TABLE tool_servers ADD COLUMN program TEXT;
