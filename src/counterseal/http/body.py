"""A request's body, whole, within its limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from counterseal.contract.errors import BodyTooLarge, InvalidRequest

_LENGTH_DIGITS = 18
"""A Content-Length of more digits is too large, whatever its value."""

Receive = Callable[[], Awaitable[dict[str, Any]]]


class ClientGone(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


async def read_body(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], *, bytes_max: int, seconds_max: float
) -> bytes:
    """The exact bytes of the body. Raises BodyTooLarge, InvalidRequest when it takes too long, ClientGone."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and (len(value) > _LENGTH_DIGITS or int(value) > bytes_max):
            raise _too_large(bytes_max)
    parts: list[bytes] = []
    size = 0
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    while True:
        message = await _receive_within(receive, deadline - loop.time())
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > bytes_max:
            raise _too_large(bytes_max)
        if not message.get("more_body", False):
            return b"".join((*parts, part)) if parts else part
        parts.append(part)


async def _receive_within(receive: Receive, seconds: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            message = await receive()
    except TimeoutError:
        raise InvalidRequest("bad request body: it did not arrive in time") from None
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message


def _too_large(bytes_max: int) -> BodyTooLarge:
    return BodyTooLarge(f"request body too large: expected at most {bytes_max} bytes")
