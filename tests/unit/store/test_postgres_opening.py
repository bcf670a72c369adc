"""Opening a store on PostgreSQL: whom it lets in, which servers it takes, and how its tables are brought up to date."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

import sample
import stored
from counterseal.store import StoreError
from counterseal.store.postgres import DatabaseUrl, Limits, PostgresStore
from counterseal.store.postgres.connection import Connector
from counterseal.store.postgres.statements import WORDS
from counterseal.store.sql import schema
from postgres_server import PASSWORD, USER, PostgresServer
from sample import PARENT_ID


@pytest.fixture
def url(postgres: PostgresServer) -> DatabaseUrl:
    """Of an empty database."""
    return DatabaseUrl(postgres.new_database())


async def test_the_password_comes_from_the_url_a_file_or_the_environment(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, options = postgres.new_database().rpartition("&")
    given = postgres.url().replace("/postgres", f"/postgres?{options}")
    bare = given.replace(f":{PASSWORD}", "")
    await (await PostgresStore.create(DatabaseUrl(given))).close()
    with pytest.raises(StoreError, match="password"):
        await PostgresStore.open(DatabaseUrl(bare))
    file = tmp_path / "passwords"
    file.write_text(f"127.0.0.1:{postgres.port}:*:{USER}:{PASSWORD}\n")
    file.chmod(0o600)
    await (await PostgresStore.open(DatabaseUrl(f"{bare}&passfile={file}"))).close()
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    await (await PostgresStore.open(DatabaseUrl(bare))).close()


async def test_an_error_does_not_show_the_password(postgres: PostgresServer) -> None:
    wrong = postgres.url().replace(PASSWORD, "wr0ng")
    for url in wrong, wrong.replace(str(postgres.port), "1"), f"{wrong}?sslmode=nonsense":
        with pytest.raises(StoreError) as refused:
            await PostgresStore.open(DatabaseUrl(url))
        assert "wr0ng" not in str(refused.value)
        assert "127.0.0.1" in str(refused.value)


async def test_there_is_no_store_until_one_is_made_and_then_there_is_one(url: DatabaseUrl) -> None:
    for opening in PostgresStore.open, PostgresStore.open_as_it_is:
        with pytest.raises(StoreError, match="`counterseal init` makes one"):
            await opening(url)
    made = await PostgresStore.create(url)
    with pytest.raises(StoreError, match="has a store already"):
        await PostgresStore.create(url)
    await stored.make(made, PARENT_ID)
    for opening in PostgresStore.open, PostgresStore.open_as_it_is:
        again = await opening(url)
        assert await again.versions([PARENT_ID]) == {PARENT_ID: 1}
        await again.close()
    await made.close()


async def test_of_several_that_make_one_at_once_one_does(url: DatabaseUrl) -> None:
    made = await asyncio.gather(*(PostgresStore.create(url) for _ in range(4)), return_exceptions=True)
    (store,) = (one for one in made if isinstance(one, PostgresStore))
    assert [str(one) for one in made if isinstance(one, StoreError)] == ["the database has a store already"] * 3
    await store.close()


async def test_several_that_start_at_once_take_each_step_once(
    url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await PostgresStore.create(url)).close()
    steps = schema.steps
    newest = steps(WORDS)[-1][0]

    def and_one_more(words: Mapping[str, str]) -> list[tuple[int, str]]:
        return [*steps(words), (newest + 1, "CREATE TABLE later (a BIGINT); INSERT INTO later VALUES (1)")]

    with monkeypatch.context() as later:
        later.setattr(schema, "steps", and_one_more)
        with pytest.raises(StoreError, match=f"version {newest}, this release reads {newest + 1}"):
            await PostgresStore.open_as_it_is(url)
        stores = await asyncio.gather(*(PostgresStore.open(url) for _ in range(4)))
        for store in stores:
            await stored.make(store, sample.uuid(id(store) % 1000 + 5000))
            await store.close()
    with pytest.raises(StoreError, match="use a newer release"):
        await PostgresStore.open(url)


async def test_a_step_that_fails_leaves_the_store_as_it_was(url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch) -> None:
    await (await PostgresStore.create(url)).close()
    steps = schema.steps

    def and_a_wrong_one(words: Mapping[str, str]) -> list[tuple[int, str]]:
        return [*steps(words), (9998, "DROP TABLE votes"), (9999, "DROP TABLE nothing")]

    with monkeypatch.context() as later:
        later.setattr(schema, "steps", and_a_wrong_one)
        with pytest.raises(StoreError, match="nothing"):
            await PostgresStore.open(url)
    store = await PostgresStore.open(url)
    assert await store.activity(PARENT_ID, PARENT_ID) is None
    await store.close()


async def test_a_server_that_does_not_keep_what_it_acknowledges_is_refused(url: DatabaseUrl) -> None:
    with pytest.raises(StoreError, match="synchronous_commit is off"):
        await PostgresStore.create(DatabaseUrl(f"{url.text}&synchronous_commit=off"))


async def test_when_all_connections_are_in_use_one_is_told_so(url: DatabaseUrl) -> None:
    store = await PostgresStore.create(url, Limits(connections_max=3, place_s=0.05))
    await stored.make(store, PARENT_ID)
    async with store.turn([PARENT_ID], []):
        assert await store.versions([PARENT_ID]) == {PARENT_ID: 1}  # reads have places of their own
        with pytest.raises(StoreError, match="all connections to PostgreSQL are in use"):
            async with store.turn([], []):
                pytest.fail("not reached")
    async with store.turn([], []):
        pass
    await store.close()


async def test_a_machine_that_is_gone_is_noticed(postgres: PostgresServer) -> None:
    connection = await Connector(DatabaseUrl(postgres.url()), Limits()).connect()
    peer = connection._transport.get_extra_info("socket")
    assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
    assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
    await connection.close()
