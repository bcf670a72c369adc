"""Fixtures of activities that wait for votes."""

from committee import committee

__all__ = ["committee"]
