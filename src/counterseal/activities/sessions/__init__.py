"""Sessions: short-lived credentials."""
