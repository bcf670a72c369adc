"""A page of many activities, none of which is large, keeps the event loop for a piece of its work only."""

from __future__ import annotations

import pytest

from composed import ComposedServer, key_params, server
from counterseal.crypto import Curve, generate_key_pair
from counterseal.queries.pieces import PIECE_BYTES
from counterseal.world import Turns

__all__ = ["server"]


async def test_others_get_their_turn_between_activities(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [key_params(generate_key_pair(Curve.P256), "n" * 255) for _ in range(9)]
    await server.submit("CREATE_API_KEYS_V2", {"userId": server.root.user_id, "apiKeys": keys})
    for _ in range(60):
        assert (await server.submit("CREATE_READ_ONLY_SESSION", {})).status == 200
    pauses, turn = 0, Turns.next

    async def counted(self: Turns) -> None:
        nonlocal pauses
        pauses += 1
        await turn(self)

    monkeypatch.setattr(Turns, "next", counted)
    one = await server.query("list_activities", paginationOptions={"limit": "1"})
    of_one, pauses = pauses, 0
    assert len(one.body) < PIECE_BYTES / 2
    page = await server.query("list_activities", paginationOptions={"limit": "60"})
    assert pauses - of_one >= len(page.body) // PIECE_BYTES > 1
