"""A composed server for each test that asks for one."""

from composed import server

__all__ = ["server"]
