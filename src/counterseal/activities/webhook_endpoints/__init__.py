"""Webhook endpoints: where an organization wants to be told of what happens in it."""
