"""Signing: who signs, what is signed of a payload or transaction, and what policies see of it."""
