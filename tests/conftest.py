"""Fixtures for all tests, and one setting: no test is about how long something took, those of hypothesis neither."""

from hypothesis import settings

from postgres_server import postgres
from served import running_server, start_server

__all__ = ["postgres", "running_server", "start_server"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
