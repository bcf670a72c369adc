"""A client with a dozen sub-organizations asked for a large reply in each of them, read none, and began again: as only
organizations took turns, everybody else's large reply waited for a minute, each time.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composed import Actor, ComposedServer
from counterseal.http.large_replies import PLACES, LargeReplies, Place
from counterseal.queries.activities import list_activities

LARGE_POLICY = {"effect": "EFFECT_ALLOW", "condition": "true", "consensus": "true", "notes": "\N{GRINNING FACE}" * 4096}
"""Of 48 KiB as ``json.dumps`` writes it, and shown twice."""


def policies() -> dict[str, Any]:
    """Parameters of nearly 1 MiB."""
    return {"policies": [LARGE_POLICY | {"policyName": str(at)} for at in range(20)]}


async def test_another_client_is_next(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    many = [actor for _ in range(PLACES + 3) for actor in await server.add_sub_organization("owner")]
    for actor in (*many, server.root):
        assert (await server.submit("CREATE_POLICIES", policies(), by=actor)).status == 200
    begun, lined_up, gate = [], itertools.count(1), asyncio.Event()
    take, joined = Place.take, list_activities.joined

    async def counted_take(place: Place, address: str, organization_id: str) -> None:
        if next(lined_up) == len(many) + 1:
            gate.set()
        await take(place, address, organization_id)

    async def held_joined(parts: list[bytes]) -> bytes:
        begun.append(asyncio.current_task())
        await gate.wait()
        return await joined(parts)

    monkeypatch.setattr(Place, "take", counted_take)
    monkeypatch.setattr(list_activities, "joined", held_joined)
    tasks = [await asked(server, "10.0.0.1", by=actor) for actor in many]
    other = await asked(server, "10.0.0.2", by=server.root)
    for task in (*tasks, other):
        assert (await task).status == 200
    assert begun.index(other) == PLACES


async def asked(server: ComposedServer, address: str, *, by: Actor) -> asyncio.Task[Any]:
    """From there; the next one is not asked sooner."""
    server.address = address
    task = asyncio.create_task(server.query("list_activities", by=by))
    for _ in range(100):
        await asyncio.sleep(0)
    return task


@given(st.lists(st.one_of(st.tuples(st.sampled_from("123"), st.sampled_from("abc")), st.integers(0, 20)), max_size=60))
async def test_nobody_has_a_second_place_while_somebody_without_one_waits(steps: list[Any]) -> None:
    large_replies = LargeReplies(2)
    asking: list[tuple[Place, asyncio.Future[None]]] = []
    for step in steps:
        had = [place for place, admitted in asking if admitted.done()]
        if isinstance(step, tuple):
            place = Place(large_replies, asyncio.Future, hang_up=lambda: None)
            place.client, place.organization_id = step
            asking.append((place, large_replies.ask(place)))
        elif asking:
            place, _ = asking.pop(step % len(asking))
            had = [each for each in had if each is not place]
            large_replies.leave(place)
        served = {place.client for place in had}
        new = [place for place, admitted in asking if admitted.done() and place not in had]
        waiting = {place.client for place, admitted in asking if not admitted.done()}
        assert len(had) + len(new) <= 2
        assert not waiting or len(had) + len(new) == 2
        assert all(place.client not in served or waiting <= served for place in new)
    for place, _ in asking:
        large_replies.leave(place)
