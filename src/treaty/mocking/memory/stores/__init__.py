"""Where records are kept: in memory, in an SQLite file, in Redis."""
