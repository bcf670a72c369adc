"""SQLite behind the Store protocol: one writer per file, WAL, synchronous=FULL."""
