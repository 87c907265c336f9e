"""The embedded bus: an append-only log in one SQLite file, shared by processes of one machine."""
