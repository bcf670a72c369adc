"""No query does much in one turn of the event loop, at the limits of an organization too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from composed import Actor, ComposedServer
from counterseal.queries import implemented_queries
from hostile.costly_reads import READS, CostlyRead, Given, set_up
from largest import Member
from work_per_turn import Work, calls_counted, looked_at

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CALLS_MAX = 10_000
"""Of Python and C functions: one or two milliseconds. A request of an ordinary organization has some six hundred."""

STEPS_MAX = 20_000
"""Of SQLite's machine: less than a millisecond."""

ENCODED_MAX = 1_200_000
"""Bytes of JSON: the intent of the largest body is encoded at once, everything else a tenth of that at a time."""


@dataclass
class ComposedSite:
    """A ``Site`` on a composed server: its first organization."""

    server: ComposedServer
    is_sub_organization: bool = False

    @property
    def root(self) -> Member:
        return Member(self.server.root.user_id, self.server.root.key)

    async def submit(self, activity_type: str, parameters: Any, *, by: Member | None = None) -> dict[str, Any]:
        member = by or self.root
        actor = Actor(self.server.root.organization_id, member.user_id, member.key)
        return (await self.server.submit(activity_type, parameters, by=actor)).activity


@dataclass
class Served:
    """A server with such an organization, and what it does in each turn."""

    server: ComposedServer
    given: Given
    work: Work

    async def most_in_a_turn(self, read: CostlyRead) -> dict[str, int]:
        """While this is asked."""
        counting = asyncio.create_task(self.work.count_turns())
        self.work.begin()
        with calls_counted(self.work):
            reply = await self.server.query(read.name, **read.members(self.given))
        counting.cancel()
        assert reply.status in read.answers, reply.body[:300]
        return self.work.most


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with looked_at() as work:
        server = await ComposedServer.start(tmp_path_factory.mktemp("server"))
        given = await set_up(ComposedSite(server))
        await server.restart()
        yield Served(server, given, work)
        await server.app.stop()


async def test_every_query_is_asked() -> None:
    assert {read.name for read in READS} == implemented_queries()


@pytest.mark.parametrize("read", READS, ids=lambda read: read.name)
@pytest.mark.parametrize("is_cold", [True, False], ids=["cold", "warm"])
async def test_no_query_does_much_in_a_turn(served: Served, read: CostlyRead, is_cold: bool) -> None:
    if is_cold:
        await served.server.restart()
    most = await served.most_in_a_turn(read)
    assert most["calls"] < CALLS_MAX, most
    assert most["steps"] < STEPS_MAX, most
    assert most["encoded"] < ENCODED_MAX, most
