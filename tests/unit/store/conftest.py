"""Every implementation of ``Store``, freshly made, for the contract suite that they all must pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import sample
import stored
from counterseal.store import SqliteStore, Store
from counterseal.store.postgres import DatabaseUrl, PostgresStore


async def _sqlite(path: Path, _: Any, *, is_new: bool) -> Store:
    return (SqliteStore.create if is_new else SqliteStore.open)(path / "store.db")


async def _postgres(_: Path, url: Callable[[], str], *, is_new: bool) -> Store:
    return await (PostgresStore.create if is_new else PostgresStore.open)(DatabaseUrl(url()))


_IMPLEMENTATIONS = {"sqlite": _sqlite, "postgres": _postgres}


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Callable[[], str]:
    """The URL of an empty database of PostgreSQL, the same for all of a test."""
    made: list[str] = []

    def url() -> str:
        if not made:
            made.append(request.getfixturevalue("postgres").new_database())
        return made[0]

    return url


@pytest.fixture(params=list(_IMPLEMENTATIONS))
def implementation(request: pytest.FixtureRequest) -> str:
    """The name of an implementation."""
    name: str = request.param
    return name


@pytest.fixture
def opener(implementation: str, tmp_path: Path, database_url: Callable[[], str]) -> Callable[..., Awaitable[Store]]:
    """Makes the store (``is_new``) or opens it once more."""

    def opened(*, is_new: bool) -> Awaitable[Store]:
        return _IMPLEMENTATIONS[implementation](tmp_path, database_url, is_new=is_new)

    return opened


@pytest_asyncio.fixture
async def store(opener: Callable[..., Awaitable[Store]]) -> AsyncIterator[Store]:
    """A store that holds the parent of the samples and, under it, the organization of the samples."""
    made = await opener(is_new=True)
    for id_, parent_id in (sample.PARENT_ID, None), (sample.ORGANIZATION_ID, sample.PARENT_ID):
        await stored.make(made, id_, parent_id=parent_id)
    yield made
    await made.close()


@pytest.fixture
def reopen(opener: Callable[..., Awaitable[Store]]) -> Callable[[], Awaitable[Store]]:
    """Opens what ``store`` has made once more."""
    return lambda: opener(is_new=False)
