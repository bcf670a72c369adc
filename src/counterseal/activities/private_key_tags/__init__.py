"""Private-key tags: marks that private keys carry, and that policies compare by id."""
