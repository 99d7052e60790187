"""The database as a SQLite file."""
