"""API keys: made and deleted; how many a user may hold."""
