"""Activities, read."""
