"""Private-key tags, read."""
