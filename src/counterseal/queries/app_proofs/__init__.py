"""App proofs, read."""
