"""The clock as a value that is handed in, so that tests and dry runs can hold it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the wall-clock time, and how long something takes."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        ...

    def stopwatch(self) -> float:
        """Seconds since some moment or other, never fewer than before."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        return time.time_ns() // 1_000_000

    def stopwatch(self) -> float:
        """Seconds since some moment or other, never fewer than before."""
        return time.perf_counter()


class ManualClock:
    """A clock that moves only when told to."""

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms
        self._stopwatch = 0.0
        self.work_seconds = 0.0
        """How long everything takes: what the stopwatch goes on from one look to the next."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, UTC."""
        return self._now_ms

    def stopwatch(self) -> float:
        """See ``work_seconds``."""
        self._stopwatch += self.work_seconds
        return self._stopwatch

    def advance(self, *, seconds: float) -> None:
        """Move forward (or back, when negative)."""
        self._now_ms += round(seconds * 1000)
