"""The organization that wants to be served while an adversary is: how long it waits for a read and for a write.

It is a process of its own, so that what the adversary's client does is no wait of the server's. On one connection it
stamps ``whoami`` again and again, a millisecond apart; on another it makes an API key, which is on disk when the answer
comes, and pauses a little longer.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import NamedTuple, Self

from composed import key_params
from counterseal.crypto import Curve, generate_key_pair, load_private_key, private_key_text, sign_stamp
from hostile.costly import Stage, Tenant, query_body
from hostile.exchange import Connection
from served import activity_body

PATIENCE_SECONDS = 300
WHOAMI, CREATE_API_KEYS = "/public/v1/query/whoami", "/public/v1/submit/create_api_keys"
BETWEEN_READS_SECONDS, BETWEEN_WRITES_SECONDS = 0.001, 0.005
LIFETIME_SECONDS = 3600
"""Of the keys: they push out each other."""


class Waits(NamedTuple):
    """The longest of each, in milliseconds."""

    read: float
    write: float

    @property
    def longest(self) -> float:
        """Of both."""
        return max(self)

    def least(self, other: Waits) -> Waits:
        """The less of each."""
        return Waits(min(self.read, other.read), min(self.write, other.write))


class Bystander:
    """Whoever asks between ``begin`` and ``end``."""

    def __init__(self, stage: Stage) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        tenant = stage.bystander
        given = (stage.server.url, tenant.organization_id, tenant.user_id, private_key_text(tenant.key))
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(target=_stand_by, args=(theirs, *given), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._pipe.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()

    def begin(self) -> None:
        """Ask from now on."""
        self._pipe.send(None)

    def end(self) -> Waits:
        """Ask no more, and say how long it took at worst."""
        self._pipe.send(None)
        found = self._pipe.recv()
        if isinstance(found, str):
            raise RuntimeError(found)
        return Waits(*found)


def _stand_by(pipe: Pipe, url: str, organization_id: str, user_id: str, key: str) -> None:
    tenant = Tenant(organization_id, user_id, load_private_key(key))
    host, port = url.removeprefix("http://").split(":")
    pipe.send(None)
    while True:
        pipe.recv()
        try:
            found: object = tuple(asyncio.run(_ask(pipe, tenant, host, int(port))))
        except Exception as error:
            found = f"the bystander was not served: {error!r}"
            pipe.recv()
        pipe.send(found)


async def _ask(pipe: Pipe, tenant: Tenant, host: str, port: int) -> Waits:
    reader, writer, over = Connection(host, port), Connection(host, port), asyncio.Event()

    async def read() -> None:
        body = query_body(tenant)
        await _answered(reader, WHOAMI, tenant, body)

    async def write() -> None:
        key = key_params(generate_key_pair(Curve.P256), seconds=LIFETIME_SECONDS)
        parameters = {"userId": tenant.user_id, "apiKeys": [key]}
        body = activity_body(tenant.organization_id, "CREATE_API_KEYS_V2", parameters)
        await _answered(writer, CREATE_API_KEYS, tenant, body)

    async def listen() -> None:
        while not pipe.poll():
            await asyncio.sleep(0.002)
        pipe.recv()
        over.set()

    try:
        async with asyncio.TaskGroup() as tasks:
            reads = tasks.create_task(_again_and_again(read, over, BETWEEN_READS_SECONDS))
            writes = tasks.create_task(_again_and_again(write, over, BETWEEN_WRITES_SECONDS))
            tasks.create_task(listen())
        return Waits(reads.result(), writes.result())
    finally:
        reader.close()
        writer.close()


async def _again_and_again(ask: Callable[[], Awaitable[None]], over: asyncio.Event, pause: float) -> float:
    """The longest that it took, in milliseconds."""
    longest = 0.0
    while not over.is_set():
        started = time.perf_counter()
        await ask()
        longest = max(longest, (time.perf_counter() - started) * 1000)
        await asyncio.sleep(pause)
    return longest


async def _answered(connection: Connection, path: str, tenant: Tenant, body: bytes) -> None:
    headers = [("X-Stamp", sign_stamp(tenant.key, body).encode())]
    status, reply = await connection.exchange(path, headers, body, patience_seconds=PATIENCE_SECONDS)
    if status != 200:
        raise RuntimeError(f"{path} answered {status}: {reply[:500]!r}")
