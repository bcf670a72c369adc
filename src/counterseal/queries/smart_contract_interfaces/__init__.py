"""Interfaces of contracts and programs, read."""
