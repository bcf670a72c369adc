"""Dogecoin."""
