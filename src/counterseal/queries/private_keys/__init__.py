"""Private keys, read."""
