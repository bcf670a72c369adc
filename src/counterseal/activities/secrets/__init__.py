"""Secrets: texts that clients keep here, and take out again."""
