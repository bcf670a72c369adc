"""Secrets, without their texts."""
