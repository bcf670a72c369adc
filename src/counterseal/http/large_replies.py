"""Large replies are made a few at a time, and sent in parts: so the memory for them is bounded, and none is cut off
because of the others.

A place is taken before such a reply is made, and left when the last part has been handed to its connection. Nothing is
made for those in line. The line is first come, first served; but an organization that has a place already lets others
go first. Who has a place waits for nobody in line, and clients who do not read lose it when others wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from counterseal.http.body import ClientGone, Receive

PLACES = 2
"""The largest reply has 32 MiB, and twice as much while its parts are joined."""

LOOK_SECONDS = 2.0
"""While others wait, a client that is being sent a large reply has so long to take some of it."""

HANG_UP = "counterseal.hang_up"
"""In the scope of a request: closes its connection at once."""


class LargeReplies:
    """The places of one process, who has them, and who waits."""

    def __init__(self, places: int = PLACES) -> None:
        self._places = places
        self._held: dict[Place, None] = {}
        self._line: dict[Place, asyncio.Future[None]] = {}
        self._is_looking = False

    def ask(self, place: Place) -> asyncio.Future[None]:
        """Line up. Done once it is held."""
        admitted = self._line[place] = asyncio.get_running_loop().create_future()
        self._admit()
        if self._line and not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)
        return admitted

    def leave(self, place: Place) -> None:
        """Give it to the next, or leave the line."""
        self._line.pop(place, None)
        self._held.pop(place, None)
        self._admit()

    def send_idle_away(self) -> None:
        """Hang up on all who have taken nothing since this was last called."""
        for place in list(self._held):
            if place.is_idle():
                place.hang_up()

    def _admit(self) -> None:
        while self._line and len(self._held) < self._places:
            served = {place.organization_id for place in self._held}
            first = next(iter(self._line))
            place = next((each for each in self._line if each.organization_id not in served), first)
            self._held[place] = None
            self._line.pop(place).set_result(None)

    def _look(self) -> None:
        self._is_looking = bool(self._line)
        if self._is_looking:
            self.send_idle_away()
            asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look)


class Place:
    """One request's, which takes it only for a large reply."""

    __slots__ = ("_large_replies", "_receive", "_seen", "_sent", "hang_up", "is_taken", "organization_id")

    def __init__(self, large_replies: LargeReplies, receive: Receive, hang_up: Callable[[], None]) -> None:
        self._large_replies = large_replies
        self._receive = receive
        self._sent = self._seen = 0
        self.hang_up = hang_up
        self.is_taken = False
        self.organization_id = ""

    async def take(self, organization_id: str) -> None:
        """Wait for it; once. ``organization_id`` is the asking user's. Raises ClientGone for one who does not wait."""
        self.organization_id, self.is_taken = organization_id, True
        admitted = self._large_replies.ask(self)
        if admitted.done():
            return
        gone = asyncio.create_task(self._client_is_gone())
        try:
            await asyncio.wait({admitted, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
        if not admitted.done():
            raise ClientGone

    def part_sent(self) -> None:
        """One more part of the reply; the one before it has been taken."""
        self._sent += 1

    def is_idle(self) -> bool:
        """Whether the client has taken nothing since this was last asked. Not so while the reply is being made."""
        seen, self._seen = self._seen, self._sent
        return 0 < self._sent == seen

    def leave(self) -> None:
        """The reply has been handed over, or there is none."""
        if self.is_taken:
            self._large_replies.leave(self)

    async def _client_is_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
