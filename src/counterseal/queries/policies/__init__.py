"""Policies and what they said, read."""
