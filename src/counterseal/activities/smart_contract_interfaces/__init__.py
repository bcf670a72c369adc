"""Interfaces of contracts and programs, by which policies see what a call says."""
