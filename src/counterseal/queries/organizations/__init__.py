"""Organizations, read."""
