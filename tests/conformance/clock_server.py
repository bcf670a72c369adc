"""The composed server on a real socket, and node scenarios that move its clock.

A scenario file runs in one node process. It prints ``{"advanceSeconds": …}`` and is given the new time, in Unix
milliseconds, as a line on its standard input; its own clock is set to that, as that of a machine would be.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from composed import ComposedServer
from conformance.scenarios import environment
from conformance.tap import Tap
from counterseal.crypto import PrivateKey
from counterseal.http import ConnectionLimits, protocol_with
from counterseal.world import ManualClock

FILES = sorted((Path(__file__).parent / "javascript").glob("*.clocked.mjs"))

_PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class ClockServer:
    """A server whose clock moves only when it is told to."""

    url: str
    organization_id: str
    user_id: str
    public_key: str
    key: PrivateKey
    clock: ManualClock


async def run(file: Path, directory: Path, tap: Tap) -> dict[str, str | None]:
    """Each scenario's error by its title; None is a success. Fails if node does."""
    composed = await ComposedServer.start(directory)
    try:
        async with _serving(composed, tap) as server, asyncio.timeout(_PATIENCE_SECONDS):
            return await _run(file, server)
    finally:
        await composed.app.stop()


@asynccontextmanager
async def _serving(composed: ComposedServer, tap: Tap) -> AsyncIterator[ClockServer]:
    protocol = protocol_with(ConnectionLimits())
    config = uvicorn.Config(composed.app, port=0, http=protocol, ws="none", lifespan="off", log_config=None)
    http = uvicorn.Server(config)
    http.capture_signals = nullcontext  # type: ignore[method-assign,assignment]
    running = asyncio.create_task(http.serve())
    while not http.started:
        await asyncio.sleep(0.01)
    host, port = http.servers[0].sockets[0].getsockname()
    root, url = composed.root, tap.on(f"http://{host}:{port}")
    try:
        yield ClockServer(url, root.organization_id, root.user_id, root.public_key, root.key, composed.clock)
    finally:
        http.should_exit = http.force_exit = True
        await running


async def _run(file: Path, server: ClockServer) -> dict[str, str | None]:
    now = {"COUNTERSEAL_CONFORMANCE_NOW_MS": str(server.clock.now_ms())}
    node = await asyncio.create_subprocess_exec(
        "node",
        str(file),
        env=os.environ | environment(server) | now,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert node.stderr is not None
    try:
        verdicts = await _attend(node, server.clock)
        complaint = await node.stderr.read()
        assert await node.wait() == 0, complaint.decode()
    finally:
        if node.returncode is None:
            node.kill()
            await node.wait()
    return verdicts


async def _attend(node: asyncio.subprocess.Process, clock: ManualClock) -> dict[str, str | None]:
    assert node.stdin is not None
    assert node.stdout is not None
    verdicts = {}
    async for line in node.stdout:
        told = json.loads(line)
        if "advanceSeconds" not in told:
            verdicts[told["title"]] = told["error"]
            continue
        clock.advance(seconds=told["advanceSeconds"])
        node.stdin.write(f"{clock.now_ms()}\n".encode())
        await node.stdin.drain()
    return verdicts
