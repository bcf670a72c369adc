"""Private keys: keys that belong to no wallet."""
