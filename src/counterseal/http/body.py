"""A request's body, whole, within its limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from counterseal.contract.errors import BodyTooLarge, InvalidRequest

DISCARDED_BYTES_MAX = 64 * 1024
DISCARD_SECONDS_MAX = 1.0

_LENGTH_DIGITS = 18
"""A Content-Length of more digits is too large, whatever its value."""

Receive = Callable[[], Awaitable[dict[str, Any]]]


class ClientGone(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


class RequestBody:
    """The body of one request, which arrives while it is read."""

    __slots__ = ("_headers", "_is_whole", "_receive", "_was_read")

    def __init__(self, receive: Receive, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self._receive = receive
        self._headers = headers
        self._was_read = False
        self._is_whole = False

    async def read(self, *, bytes_max: int, seconds_max: float) -> bytes:
        """Its exact bytes; once. Raises BodyTooLarge, InvalidRequest when it takes too long, ClientGone."""
        self._was_read = True
        if self._announces_more_than(bytes_max):
            raise _too_large(bytes_max)
        parts: list[bytes] = []
        size = 0
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds_max
        while True:
            message = await self._receive_within(deadline - loop.time())
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > bytes_max:
                raise _too_large(bytes_max)
            if not message.get("more_body", False):
                self._is_whole = True
                return b"".join((*parts, part)) if parts else part
            parts.append(part)

    async def is_over(self) -> bool:
        """Whether all of it has come, so that another request may follow. Raises ClientGone.

        What nobody has read is thrown away here, if it is small and on its way: a client that wants to be asked for it
        (``Expect: 100-continue``) is not asked any more (RFC 9110, section 10.1.1).
        """
        if self._was_read:
            return self._is_whole
        if any(name == b"expect" for name, _ in self._headers):
            return False
        try:
            await self.read(bytes_max=DISCARDED_BYTES_MAX, seconds_max=DISCARD_SECONDS_MAX)
        except (BodyTooLarge, InvalidRequest):
            return False
        return True

    def _announces_more_than(self, bytes_max: int) -> bool:
        return any(
            name == b"content-length" and value.isdigit() and (len(value) > _LENGTH_DIGITS or int(value) > bytes_max)
            for name, value in self._headers
        )

    async def _receive_within(self, seconds: float) -> dict[str, Any]:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                message = await self._receive()
        except TimeoutError:
            raise InvalidRequest("bad request body: it did not arrive in time") from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        return message


def _too_large(bytes_max: int) -> BodyTooLarge:
    return BodyTooLarge(f"request body too large: expected at most {bytes_max} bytes")
