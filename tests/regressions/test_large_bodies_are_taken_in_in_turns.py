"""Thirty clients who each sent a megabyte at once were all read in each turn of the event loop: eight milliseconds of
copying, again and again, in which nobody else was served. Now it is a piece of one of them, however many there are.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from composed import ComposedServer
from counted_turns import turns_counted
from counterseal.http.body import FIRST_BYTES
from counterseal.http.request_head import ASKED_FOR
from counterseal.world.turns import LITTLE_SECONDS, REST

CROWD, PIECES = 6, 4


class Client:
    """Has sent everything already, and says when a piece after the first is asked for."""

    def __init__(self, server: ComposedServer, address: str, turn: list[int], asked: list[int]) -> None:
        self._server = server
        self._address = address
        self._turn = turn
        self._asked = asked
        self._sent = 0

    async def post(self) -> int:
        """The status of the answer."""
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            self._sent += 1
            if self._sent > 1:
                self._asked.append(self._turn[0])
            return {"type": "http.request", "body": b"x" * FIRST_BYTES, "more_body": self._sent < PIECES}

        async def send(message: dict[str, Any]) -> None:
            statuses.extend([message["status"]] if "status" in message else [])

        path = "/public/v1/query/whoami"
        scope = {"type": "http", "method": "POST", ASKED_FOR: path, "client": (self._address, 49152), "headers": []}
        await self._server.app(scope, receive, send)
        return statuses[0]


@pytest.mark.parametrize(("takes_seconds", "rest"), [(0.0, 0), (LITTLE_SECONDS, REST)])
async def test_those_of_a_crowd(server: ComposedServer, takes_seconds: float, rest: int) -> None:
    server.clock.work_seconds = takes_seconds
    asked: list[int] = []
    with turns_counted() as turn:
        crowd = [Client(server, "198.51.100.7", turn, asked) for _ in range(CROWD)]
        statuses = await asyncio.gather(*(client.post() for client in crowd))
    assert set(statuses) == {401}
    assert len(asked) == CROWD * (PIECES - 1)
    assert min(later - earlier for earlier, later in pairwise(asked)) == rest + 1


async def test_another_client_waits_for_one_of_them_at_a_time(server: ComposedServer) -> None:
    asked: list[int] = []
    others: list[int] = []
    with turns_counted() as turn:
        crowd = [Client(server, "198.51.100.7", turn, asked) for _ in range(CROWD)]
        other = Client(server, "203.0.113.9", turn, others)
        await asyncio.gather(*(client.post() for client in crowd), other.post())
    assert len(others) == PIECES - 1
    assert sum(each < others[-1] for each in asked) <= PIECES
