"""Fixtures for all tests."""

from postgres_server import postgres
from served import running_server, start_server

__all__ = ["postgres", "running_server", "start_server"]
