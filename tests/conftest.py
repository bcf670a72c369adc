"""Fixtures for all tests."""

from served import running_server, start_server

__all__ = ["running_server", "start_server"]
