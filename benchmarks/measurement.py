"""What one run of anything measured gives, and how several runs become one figure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

import msgspec


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """``served`` is how many requests there were. ``cpu_us`` is the server's processor time for each, and ``others``
    the share of the machine that neither it nor the load generator took; both are None where there is no server.

    ``ratio`` is to P-256 verifications of one thread, right before and right after the run.
    """

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    served: int
    cpu_us: float | None = None
    others: float | None = None
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
        served=len(ordered) * requests_each,
    )


def median(rounds: Sequence[Measurement]) -> Measurement:
    """Each figure's median over the rounds."""
    return Measurement(
        requests_per_s=statistics.median(each.requests_per_s for each in rounds),
        p50_ms=statistics.median(each.p50_ms for each in rounds),
        p99_ms=statistics.median(each.p99_ms for each in rounds),
        served=round(statistics.median(each.served for each in rounds)),
        cpu_us=_median_of_given(each.cpu_us for each in rounds),
        others=_median_of_given(each.others for each in rounds),
        ratio=statistics.median(each.ratio for each in rounds),
    )


def _median_of_given(values: Iterable[float | None]) -> float | None:
    given = [value for value in values if value is not None]
    return statistics.median(given) if given else None
