"""A request's body, whole, within its limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from counterseal.contract.errors import BodyTooLarge, InvalidRequest

Receive = Callable[[], Awaitable[dict[str, Any]]]


class ClientGone(Exception):
    """The client hung up before its request was whole: there is nobody to answer."""


async def read_body(
    receive: Receive, headers: Iterable[tuple[bytes, bytes]], *, bytes_max: int, seconds_max: float
) -> bytes:
    """The exact bytes of the body. Raises BodyTooLarge, InvalidRequest when it takes too long, ClientGone."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit() and int(value) > bytes_max:
            raise _too_large(int(value), bytes_max)
    message = await _receive_within(receive, seconds_max)
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return _within_limit(body, bytes_max)
    parts, size = [body], len(body)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds_max
    while message.get("more_body", False):
        message = await _receive_within(receive, deadline - loop.time())
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > bytes_max:
            raise _too_large(size, bytes_max)
    return b"".join(parts)


async def _receive_within(receive: Receive, seconds: float) -> dict[str, Any]:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            message = await receive()
    except TimeoutError:
        raise InvalidRequest("bad request body: it did not arrive in time") from None
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message


def _within_limit(body: bytes, bytes_max: int) -> bytes:
    if len(body) > bytes_max:
        raise _too_large(len(body), bytes_max)
    return body


def _too_large(found: int, bytes_max: int) -> BodyTooLarge:
    return BodyTooLarge(f"request body too large: found at least {found} bytes, expected at most {bytes_max}")
