"""Several processes on one SQLite file: one that listens and writes, and workers that answer."""
