"""A client that took nothing at all of a large reply, not even what the system's buffers hold, was taken for one whose
reply was still being made: it kept its place until the reply was given up, while others waited.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from composed import ComposedServer
from counterseal.crypto import sign_stamp
from counterseal.http import large_replies
from counterseal.http.large_replies import HANG_UP, PLACES, LargeReplies
from counterseal.http.request_head import ASKED_FOR

PARTS_MAX = 5
LARGE_POLICY = {"effect": "EFFECT_ALLOW", "condition": "true", "consensus": "true", "notes": "\N{GRINNING FACE}" * 4096}


@pytest.mark.parametrize("taken", range(PARTS_MAX))
async def test_whoever_stops_reading_is_hung_up_on_while_others_wait(
    taken: int, server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = [LARGE_POLICY | {"policyName": str(at)} for at in range(20)]
    assert (await server.submit("CREATE_POLICIES", {"policies": policies})).status == 200
    monkeypatch.setattr(large_replies, "LOOK_SECONDS", 0.01)
    looked, look = 0, LargeReplies.send_idle_away

    def counted_look(places: LargeReplies) -> None:
        nonlocal looked
        look(places)
        looked += 1

    monkeypatch.setattr(LargeReplies, "send_idle_away", counted_look)
    idle = [Idle(server, taken=taken) for _ in range(PLACES)]
    for each in idle:
        await each.has_stopped.wait()
    waiting = asyncio.create_task(server.query("list_activities"))
    while looked < 3 and not waiting.done():
        await asyncio.sleep(0.01)
    assert all(each.hung_up_on for each in idle)
    assert (await waiting).status == 200


class Idle:
    """It takes so many parts of a large reply, and then no more until it is hung up on."""

    def __init__(self, server: ComposedServer, *, taken: int) -> None:
        self._left = taken
        self.has_stopped = asyncio.Event()
        self.hung_up_on = False
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        self._incoming = [{"type": "http.request", "body": body}]
        scope = {
            "type": "http",
            "method": "POST",
            ASKED_FOR: "/public/v1/query/list_activities",
            "client": ("127.0.0.1", 49152),
            "headers": [(b"x-stamp", sign_stamp(server.root.key, body).encode())],
            HANG_UP: self._hang_up,
        }
        self._task = asyncio.create_task(server.app(scope, self._receive, self._send))

    async def _receive(self) -> dict[str, Any]:
        return self._incoming.pop() if self._incoming else await asyncio.Future()

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] != "http.response.body":
            return
        if not self._left:
            self.has_stopped.set()
            await asyncio.Future()
        self._left -= 1

    def _hang_up(self) -> None:
        self.hung_up_on = True
        self._task.cancel()
