"""API keys, read."""
