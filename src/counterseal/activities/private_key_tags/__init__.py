"""Private-key tags: marks that private keys will carry, and that policies compare by id."""
