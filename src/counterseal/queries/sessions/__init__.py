"""Who is asking, read."""
