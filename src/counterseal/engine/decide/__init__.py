"""What one submission comes to: read, judged, voted on, over what is known and what is not committed yet."""
