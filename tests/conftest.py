"""Fixtures for all tests, and one setting: no test is about how long something took, those of hypothesis neither."""

from hypothesis import settings

from postgres_server import postgres
from served import running_server, start_on_each_store, start_server
from store_kinds import pytest_generate_tests, store_kind

__all__ = ["postgres", "pytest_generate_tests", "running_server", "start_on_each_store", "start_server", "store_kind"]

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
