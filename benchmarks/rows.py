"""The rows of the result: what is measured, and what it has to reach."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """``floor`` has to hold, ``goal`` is what we are after; ``ratio`` is to P-256 verifications of one thread."""

    quantity: str  # ratio, p50_ms or p99_ms
    floor: float
    goal: float

    def is_met_by(self, value: float, bound: float) -> bool:
        """A rate is to be at least, a latency at most, ``bound``."""
        return value >= bound if self.quantity == "ratio" else value <= bound


class Row(NamedTuple):
    """One operation under one load. ``name`` reads operation/store/workers/connections."""

    operation: str
    connections: int
    store: str = "sqlite"
    workers: int = 1
    targets: tuple[Target, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.operation}/{self.store}/{self.workers}w/{self.connections}c"


_READ_P99 = Target("p99_ms", 25, 12)
_WRITE_P99 = Target("p99_ms", 40, 15)

ROWS = (
    Row("whoami", 1, targets=(Target("p50_ms", 0.8, 0.3),)),
    Row("whoami", 32, targets=(Target("ratio", 0.28, 0.45), _READ_P99)),
    Row("create_api_keys", 1, targets=(Target("p50_ms", 2.5, 1.0),)),
    Row("create_api_keys", 32, targets=(Target("ratio", 0.15, 0.30), _WRITE_P99)),
    Row("create_read_write_session", 1),
    Row("create_read_write_session", 32, targets=(Target("ratio", 0.10, 0.16), _WRITE_P99)),
)
