"""What is stored for a user counts once it is durable: a commit that fails costs nothing, a batch is no way around."""

from __future__ import annotations

import asyncio

import pytest

from composed import Actor, ComposedServer
from counterseal.engine.state.allowance import Purpose
from counterseal.store import StoreError
from gate import Gate

ALLOWED = 6


@pytest.fixture(autouse=True)
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Purpose.DENIED, "bytes_max", ALLOWED * 1_900)


async def denied(server: ComposedServer, by: Actor) -> int:
    return (await server.submit("CREATE_USER_TAG", {"userTagName": "mine", "userIds": []}, by=by)).status


async def test_those_that_are_decided_together_share_it(server: ComposedServer) -> None:
    guest, other = await server.add_user("guest"), await server.add_user("other")
    answers = await asyncio.gather(*(denied(server, guest) for _ in range(4 * ALLOWED)), denied(server, other))
    assert sorted(answers[:-1]) == [403] * ALLOWED + [429] * 3 * ALLOWED
    assert answers[-1] == 403
    assert await denied(server, guest) == 429


async def test_a_commit_that_failed_costs_nothing(server: ComposedServer) -> None:
    guest, gate = await server.add_user("guest"), Gate()
    gate.before(server.store)
    gate.failure = StoreError("disk full")
    for _ in range(3):
        answers = await asyncio.gather(*(denied(server, guest) for _ in range(ALLOWED)))
        assert answers == [503] * ALLOWED
    gate.failure = None
    answers = await asyncio.gather(*(denied(server, guest) for _ in range(ALLOWED + 1)))
    assert sorted(answers) == [403] * ALLOWED + [429]
