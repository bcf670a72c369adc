"""What one run of anything measured gives, and how several runs become one figure."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """``cpu_us`` is processor time of the server for each request; None where there is no server.

    ``ratio`` is to P-256 verifications of one thread, right before and right after the run.
    """

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float | None = None
    ratio: float = 1.0

    def beside(self, verify_before: Measurement, verify_after: Measurement) -> Measurement:
        """The same, with its ratio."""
        verify_per_s = (verify_before.requests_per_s + verify_after.requests_per_s) / 2
        return msgspec.structs.replace(self, ratio=self.requests_per_s / verify_per_s)


def of_durations(seconds: Sequence[float], *, requests_each: int = 1) -> Measurement:
    """The measurement of operations that ran one after another; each did the work of ``requests_each`` requests."""
    ordered = sorted(seconds)
    return Measurement(
        requests_per_s=len(ordered) * requests_each / sum(ordered),
        p50_ms=ordered[len(ordered) // 2] * 1000,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1000,
    )


def median(rounds: Sequence[Measurement]) -> Measurement:
    """Each figure's median over the rounds."""
    cpu = [each.cpu_us for each in rounds if each.cpu_us is not None]
    return Measurement(
        requests_per_s=statistics.median(each.requests_per_s for each in rounds),
        p50_ms=statistics.median(each.p50_ms for each in rounds),
        p99_ms=statistics.median(each.p99_ms for each in rounds),
        cpu_us=statistics.median(cpu) if cpu else None,
        ratio=statistics.median(each.ratio for each in rounds),
    )
