"""A client that sends exactly the bytes it is told and reads whatever comes back, within a limit of time."""

from __future__ import annotations

import asyncio
import contextlib

PATIENCE_SECONDS = 15
"""Longer than any limit of time that the server under test is given: what takes longer hangs."""


class Closed(Exception):
    """The server closed the connection without a reply."""


class Connection:
    """One connection that is opened again whenever the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def exchange(
        self,
        path: str,
        headers: list[tuple[str, bytes]],
        body: bytes,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> tuple[int, bytes]:
        """Status and body of the reply to a well-formed POST. Raises Closed, or TimeoutError when it hangs."""
        lines = [f"POST {path} HTTP/1.1".encode(), b"host: localhost", b"content-length: %d" % len(body)]
        lines += [name.encode() + b": " + value for name, value in headers]
        reader, writer = await self._open()
        try:
            async with asyncio.timeout(patience_seconds):
                writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
                status, reply, keep = await _reply(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.close()
            raise Closed from None
        if not keep:
            self.close()
        return status, reply

    async def statuses(
        self, data: bytes, *, half_closes: bool = True, patience_seconds: float = PATIENCE_SECONDS
    ) -> list[int]:
        """The statuses of all replies to ``data`` on a new connection that sends nothing more, until it is closed."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        found: list[int] = []
        try:
            async with asyncio.timeout(patience_seconds):
                writer.write(data)
                if half_closes:
                    with contextlib.suppress(OSError):
                        writer.write_eof()
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    while True:
                        found.append((await _reply(reader))[0])
        finally:
            writer.transport.abort()
        return found

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port, limit=16 * 1024 * 1024)
        return self._streams


async def _reply(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    if status == 100:
        return await _reply(reader)
    lower = head.lower()
    _, found, rest = lower.partition(b"\r\ncontent-length:")
    length = int(rest.split(b"\r\n", 1)[0]) if found else 0
    body = await reader.readexactly(length)
    return status, body, b"\r\nconnection: close\r\n" not in lower
