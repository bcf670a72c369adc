"""Requests that start at the same moment."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from served import RunningServer

Answer = tuple[int, dict[str, Any]]


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """The answers to all calls, which start at the same moment."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def body_of(server: RunningServer, activity_type: str, parameters: Any, **members: Any) -> bytes:
    """The body of a submit of now; ``activity_type`` goes without ``ACTIVITY_TYPE_``."""
    envelope = {
        "type": f"ACTIVITY_TYPE_{activity_type}",
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": server.organization_id,
        "parameters": parameters,
    }
    return json.dumps(envelope | members).encode()
