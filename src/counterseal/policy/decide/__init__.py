"""What one policy says of a request, and what all of them and the root quorum come to."""
