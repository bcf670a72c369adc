"""A composed server, and an office or a committee on it, for each test that asks for one."""

from committee import committee
from composed import server
from office import office

__all__ = ["committee", "office", "server"]
