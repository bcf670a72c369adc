"""A large body takes milliseconds to be gone through, before its signature holds and after. Thirty that came at once
were gone through in one turn of the event loop; now it is one at a time, and others are served between two.
"""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from typing import Any

import pytest

from composed import ComposedServer
from counted_turns import turns_counted
from counterseal.contract import Body
from counterseal.engine import engine
from counterseal.engine.decide.submission import LARGE_BYTES
from counterseal.world.turns import LITTLE_SECONDS, REST

CROWD = 6


def body_of(server: ComposedServer, number: int, size: int) -> bytes:
    return json.dumps({"organizationId": server.root.organization_id, "number": number, "more": "x" * size}).encode()


@pytest.mark.parametrize("size", [0, LARGE_BYTES])
async def test_those_of_requests(server: ComposedServer, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    gone_through: list[int] = []
    server.clock.work_seconds = LITTLE_SECONDS
    with turns_counted() as turn:

        class Watched(Body):
            """Says when."""

            def __init__(self, raw: bytes) -> None:
                gone_through.append(turn[0])
                super().__init__(raw)

            def tree(self) -> dict[str, Any]:
                gone_through.append(turn[0])
                return super().tree()

        monkeypatch.setattr(engine, "Body", Watched)
        asked = [
            server.post("/public/v1/query/whoami", body_of(server, number, size), by=server.root)
            for number in range(CROWD)
        ]
        replies = await asyncio.gather(*asked)
    assert {reply.status for reply in replies} == {200}
    gaps = [later - earlier for earlier, later in pairwise(sorted(gone_through))]
    assert len(gaps) == 2 * CROWD - 1
    assert min(gaps) == (REST + 1 if size else 0)
