"""A request's body, whole, within its limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from counterseal.contract.errors import BodyTooLarge, InvalidRequest

FIRST_BYTES = 64 * 1024
"""Of a body that are read as they come. Of more, one piece after another is taken in, over all connections: a crowd
sends in one turn of the event loop what takes tens of milliseconds to copy. What waits is left to the network.
"""

DISCARDED_BYTES_MAX = 64 * 1024
DISCARD_SECONDS_MAX = 1.0

_LENGTH_DIGITS = 18
"""A Content-Length of more digits is too large, whatever its value."""

BODY_HAS_COME = "counterseal.body_has_come"
"""True in the scope of a request whose body was whole when its handling began."""

Receive = Callable[[], Awaitable[dict[str, Any]]]
TakeTurn = Callable[[], Awaitable[None]]


async def _at_once() -> None:
    """Nobody else wants to read."""


class ClientGone(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


class RequestBody:
    """The body of one request, which arrives while it is read, or is there already: then no time is kept.

    ``take_turn`` is awaited before each piece behind the first ones of a large body.
    """

    __slots__ = ("_has_come", "_headers", "_receive", "_was_read", "is_whole", "take_turn")

    def __init__(
        self,
        receive: Receive,
        headers: Sequence[tuple[bytes, bytes]],
        *,
        has_come: bool = False,
        take_turn: TakeTurn = _at_once,
    ) -> None:
        self._receive = receive
        self._headers = headers
        self.take_turn = take_turn
        self._has_come = has_come
        self._was_read = False
        self.is_whole = False
        """Whether all of it has been read."""

    async def read(self, *, bytes_max: int, seconds_max: float) -> bytes:
        """Its exact bytes; once. Raises BodyTooLarge, InvalidRequest when it takes too long, ClientGone."""
        self._was_read = True
        if self._announces_more_than(bytes_max):
            raise _too_large(bytes_max)
        if self._has_come:
            return await self._read(bytes_max)
        try:
            async with asyncio.timeout(seconds_max):
                return await self._read(bytes_max)
        except TimeoutError:
            raise InvalidRequest("bad request body: it did not arrive in time") from None

    async def _read(self, bytes_max: int) -> bytes:
        whole = bytearray()  # not a list of parts: there may be one for every two bytes
        while True:
            if len(whole) >= FIRST_BYTES:
                await self.take_turn()
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            part: bytes = message.get("body", b"")
            if len(whole) + len(part) > bytes_max:
                raise _too_large(bytes_max)
            if not message.get("more_body", False):
                self.is_whole = True
                return b"".join((whole, part)) if whole else part
            whole += part

    async def is_over(self) -> bool:
        """Whether all of it has come, so that another request may follow. Raises ClientGone.

        What nobody has read is thrown away here, if it is small and on its way: a client that wants to be asked for it
        (``Expect: 100-continue``) is not asked any more (RFC 9110, section 10.1.1).
        """
        if self._was_read:
            return self.is_whole
        if any(name == b"expect" for name, _ in self._headers):
            return False
        try:
            await self.read(bytes_max=DISCARDED_BYTES_MAX, seconds_max=DISCARD_SECONDS_MAX)
        except (BodyTooLarge, InvalidRequest):
            return False
        return True

    def _announces_more_than(self, bytes_max: int) -> bool:
        for name, value in self._headers:
            if name == b"content-length" and value.isdigit():
                return len(value) > _LENGTH_DIGITS or int(value) > bytes_max
        return False


def _too_large(bytes_max: int) -> BodyTooLarge:
    return BodyTooLarge(f"request body too large: expected at most {bytes_max} bytes")
