"""A line between a client and a server of TCP that can be cut, or hang, at a moment that a test chooses."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress


class Line:
    """Passes everything on until told otherwise."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0
        self.cut_before: bytes | None = None
        """What is not to arrive any more: the line is cut instead."""
        self.cut_after: bytes | None = None
        """What is still to arrive, and no answer to it."""
        self.hang_before: bytes | None = None
        """What does not arrive, nor anything else from then on."""
        self.hang_after: bytes | None = None
        """What is the last to arrive, and no answer to it."""
        self.on_hang: Callable[[], object] = lambda: None
        self.connections = 0
        """How many there have been."""

    def hang(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._flows.clear()
        self.on_hang()

    def flow(self) -> None:
        """All that has waited arrives, late, and what comes from now on."""
        self.hang_before = self.hang_after = None
        self._flows.set()

    def cut(self) -> None:
        """All connections break."""
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        there_reader, there = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, there}
        await asyncio.gather(self._pass(reader, there, watched=True), self._pass(there_reader, writer, watched=False))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, watched: bool) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                if watched and self.cut_before and self.cut_before in data:
                    self.cut()
                    return
                if watched and self.hang_before and self.hang_before in data:
                    self.hang()
                await self._flows.wait()
                writer.write(data)
                if watched and self.hang_after and self.hang_after in data:
                    await writer.drain()
                    self.hang()
                if watched and self.cut_after and self.cut_after in data:
                    await writer.drain()
                    for each in self._writers - {writer}:
                        each.transport.abort()
                    return
        writer.close()


@asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    """A line to a port of this machine, on a port of its own."""
    made = Line(port)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.cut()
        server.close()


@contextmanager
def line_beside(port: int) -> Iterator[Line]:
    """The same for tests that are no coroutines, on an event loop in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    made = line(port)
    try:
        yield asyncio.run_coroutine_threadsafe(made.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(made.__aexit__(None, None, None), loop).result()
        asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
