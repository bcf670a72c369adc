"""Every implementation of ``Store``, freshly made, for the contract suite that they all must pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

import sample
import stored
from counterseal.store import SqliteStore, Store

_CREATE: dict[str, Callable[[Path], Store]] = {"sqlite": lambda path: SqliteStore.create(path / "store.db")}
_OPEN: dict[str, Callable[[Path], Store]] = {"sqlite": lambda path: SqliteStore.open(path / "store.db")}


@pytest.fixture(params=list(_CREATE))
def implementation(request: pytest.FixtureRequest) -> str:
    """The name of an implementation."""
    name: str = request.param
    return name


@pytest_asyncio.fixture
async def store(implementation: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store that holds the parent of the samples and, under it, the organization of the samples."""
    made = _CREATE[implementation](tmp_path)
    for id_, parent_id in (sample.PARENT_ID, None), (sample.ORGANIZATION_ID, sample.PARENT_ID):
        await stored.make(made, id_, parent_id=parent_id)
    yield made
    await made.close()


@pytest.fixture
def reopen(implementation: str, tmp_path: Path) -> Callable[[], Store]:
    """Opens what ``store`` has made once more."""
    return lambda: _OPEN[implementation](tmp_path)
