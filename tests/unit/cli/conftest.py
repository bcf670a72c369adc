"""Commands run in this process, and are to leave it as it was."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What a shell has as a rule, before and after."""
    before = os.umask(0o022)
    yield
    os.umask(before)
