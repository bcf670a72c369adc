"""Users, read."""
