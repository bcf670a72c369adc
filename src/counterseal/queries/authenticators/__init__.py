"""Authenticators, read."""
