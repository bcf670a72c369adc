"""Webhook endpoints, read."""
