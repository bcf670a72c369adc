"""User tags, read."""
