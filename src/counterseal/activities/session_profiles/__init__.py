"""Session profiles: what sessions are limited to."""
