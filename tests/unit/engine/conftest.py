"""A committee for each test that asks for one."""

from committee import committee

__all__ = ["committee"]
