"""Requests that start at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Answer = tuple[int, dict[str, Any]]


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """The answers to all calls, which start at the same moment."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))
