"""On PostgreSQL, too, every read finds its rows by an index, whatever the server knows or believes of the tables."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

import long_history
import sample
import stored
from counterseal.organizations import UserAdded, fold
from counterseal.store.postgres import DatabaseUrl, PostgresStore
from counterseal.store.postgres.session import Session
from counterseal.store.postgres.statements import Statement, batch, question
from counterseal.store.sql.advances import read_standing
from counterseal.store.sql.batch import work_of
from counterseal.store.sql.query import Rows
from postgres_server import PostgresServer
from sample import ORGANIZATION_ID, PARENT_ID

SHORT, LONG = 110, 1_200
MORE = 150
"""Pages: an index over ten times as many rows is a level deeper, and 41 spans are looked for in it."""
UNINDEXED = {"powers_of_two", "sealed_secrets", "counterseal_schema"}
"""Tables of a few rows."""

READS = {length: long_history.reads(length=length) for length in (SHORT, LONG)}


class Watched(NamedTuple):
    """A store and the statements that were sent for it."""

    store: PostgresStore
    sent: list[Statement]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["unknown", "known"])
async def both(request: pytest.FixtureRequest, postgres: PostgresServer) -> AsyncIterator[dict[int, Watched]]:
    """One that is young, and one that is old; of tables that the server has looked at, or not yet."""
    stores = {}
    with pytest.MonkeyPatch.context() as patch:
        sent = _recorded(patch)
        for length in SHORT, LONG:
            url = postgres.new_database()
            store = await PostgresStore.create(DatabaseUrl(url))
            await long_history.fill(store, length=length)
            await long_history.fill_rows(store, length=length)
            if request.param == "known":
                postgres.run_at(url, "VACUUM (ANALYZE)")
            stores[length] = Watched(store, sent)
        yield stores
    for each in stores.values():
        await each.store.close()


def _recorded(patch: pytest.MonkeyPatch) -> list[Statement]:
    sent: list[Statement] = []
    fetch = Session.fetch

    async def recording(self: Session, statement: Statement) -> Rows:
        sent.append(statement)
        return await fetch(self, statement)

    patch.setattr(Session, "fetch", recording)
    return sent


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", READS[SHORT])
async def test_a_read_costs_the_same_after_a_long_history(both: dict[int, Watched], name: str) -> None:
    costs = {}
    for length, (store, sent) in both.items():
        await READS[length][name](store)  # what was replaced is passed over once more, and then no more
        sent.clear()
        await READS[length][name](store)
        costs[length] = sum([await _cost(store, statement) for statement in [*sent]])
    assert costs[LONG] < costs[SHORT] * 1.5 + MORE, costs


@pytest.mark.asyncio(loop_scope="module")
async def test_how_organizations_stand_costs_the_same_after_a_long_history(both: dict[int, Watched]) -> None:
    asked = [(ORGANIZATION_ID, bytes([number]) * 32) for number in range(40)]
    asked.append((ORGANIZATION_ID, long_history.FINGERPRINT))
    costs = {}
    for length, (store, _) in both.items():
        query = next(read_standing({PARENT_ID: 1, ORGANIZATION_ID: length - 1}, asked))
        assert query is not None
        costs[length] = await _cost(store, question(query))
    assert costs[LONG] < costs[SHORT] * 1.5 + MORE, costs


@pytest.mark.asyncio(loop_scope="module")
async def test_a_commit_costs_the_same_after_a_long_history(both: dict[int, Watched]) -> None:
    costs = {}
    for length, (store, _) in both.items():
        organization = await stored.snapshot(store, ORGANIZATION_ID)
        changes = [*long_history.renamed(organization), UserAdded(user=sample.user(sample.uuid(0x77)))]
        step = fold(organization, ORGANIZATION_ID, changes)
        doing = batch(work_of([sample.commit(sample.activity(), step)]))
        assert doing is not None
        costs[length] = await _cost(store, doing.statement)
    assert costs[LONG] < costs[SHORT] * 1.5 + MORE, costs


async def test_every_statement_is_planned_for_an_index_while_there_is_nothing_yet(postgres: PostgresServer) -> None:
    """Plans are kept: one that was made for empty tables is used when they are full."""
    with pytest.MonkeyPatch.context() as patch:
        sent = _recorded(patch)
        store = await PostgresStore.create(DatabaseUrl(postgres.new_database()))
        await long_history.fill(store, length=SHORT)
        await long_history.fill_rows(store, length=SHORT)
        for read in READS[SHORT].values():
            await read(store)
        await long_history.alter(store)
        async with store.turn([ORGANIZATION_ID], []):
            pass
        await store.close()
        texts = {statement.text: len(statement.parameters) for statement in sent}
    empty = await PostgresStore.create(DatabaseUrl(postgres.new_database()))
    async with empty._pool.session() as session:
        for number, (text, parameters) in enumerate(texts.items()):
            await session.run(f"PREPARE asked_{number} AS {text}")
            nothing = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
            ((explained,),) = await session._connection.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE asked_{number} {nothing}")
            (plan,) = json.loads(explained)
            for node in _nodes(plan["Plan"]):
                is_table = "Relation Name" in node and node["Relation Name"] not in UNINDEXED
                if is_table and node["Node Type"] != "ModifyTable":
                    assert "Index Cond" in node, (text, node)
    await empty.close()


async def _cost(store: PostgresStore, statement: Statement) -> int:
    """Pages that are touched, and rows that are looked at in vain. Nothing is left of what it writes."""
    async with store._pool.session() as session:
        await session.run("BEGIN")
        explaining = Statement(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement.text}", statement.parameters)
        ((explained,),) = await session.fetch(explaining)
        await session.roll_back()
    (plan,) = json.loads(explained)
    top = plan["Plan"]
    nodes = [*_nodes(top)]
    tables = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    assert not tables - UNINDEXED, statement.text
    in_vain = sum(node.get("Rows Removed by Filter", 0) * node["Actual Loops"] for node in nodes)
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"] + in_vain)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
