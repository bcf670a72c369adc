"""Boot proofs, read."""
