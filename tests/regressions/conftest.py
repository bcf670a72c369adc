"""A composed server, and an office on it, for each test that asks for one."""

from composed import server
from office import office

__all__ = ["office", "server"]
