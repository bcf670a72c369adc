"""The rows of the result: what is measured, and what it has to reach."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """``floor`` has to hold, ``goal`` is what we are after.

    ``ratio`` is to P-256 verifications of one thread; ``added_p50_ms`` is what the row's median has above that of the
    operation it stands ``beside``, under the same load.
    """

    quantity: str  # ratio, p50_ms, p99_ms or added_p50_ms
    floor: float
    goal: float

    def is_met_by(self, value: float, bound: float) -> bool:
        """A rate is to be at least, a latency at most, ``bound``."""
        return value >= bound if self.quantity == "ratio" else value <= bound


class Row(NamedTuple):
    """One operation under one load. ``name`` reads operation/store/workers/connections; on PostgreSQL workers are
    servers, all equal.

    Unless a row says otherwise, its run begins when each key of its users has been used once, connections stay open,
    and the server logs as it does by default. With 100 policies, each of the 40 organizations has decided once, too;
    with 30, no server would keep compiled what 2,000 organizations have. With ten policies about transactions there are
    400 organizations, which it does.
    """

    operation: str
    connections: int
    store: str = "sqlite"
    workers: int = 1
    targets: tuple[Target, ...] = ()
    beside: str | None = None
    variant: str = ""

    @property
    def name(self) -> str:
        return self._name(self.operation) + (f"/{self.variant}" if self.variant else "")

    @property
    def name_beside(self) -> str | None:
        """The row that this one is compared with."""
        return None if self.beside is None else self._name(self.beside)

    def _name(self, operation: str) -> str:
        return f"{operation}/{self.store}/{self.workers}w/{self.connections}c"


POSTGRES = "postgres"
"""The other store."""

NO_LOGS = "no_logs"
"""``--log-level warning``, so that requests are not logged: what the log costs, by difference."""

NO_LEDGER = "no_ledger"
"""``--no-ledger``: what the ledger costs, by difference."""

OPTIONS = {NO_LOGS: ("--log-level", "warning"), NO_LEDGER: ("--no-ledger",)}
"""What servers of a variant are started with."""

COLD = "cold"
"""Each request is the first about its organization since the server started."""

RECONNECT = "reconnect"
"""Each request on a connection of its own."""

_READ_P50 = Target("p50_ms", 0.8, 0.3)
_READ_P99 = Target("p99_ms", 25, 12)
_WRITE_P99 = Target("p99_ms", 40, 15)

_READS = (
    Row("whoami", 1, targets=(_READ_P50,)),
    Row("whoami", 32, targets=(Target("ratio", 0.28, 0.45), _READ_P99)),
    Row("whoami", 32, variant=NO_LOGS),
    Row("whoami", 32, variant=COLD),
    Row("whoami", 32, variant=RECONNECT),
    Row("whoami", 1, workers=2, targets=(_READ_P50,)),
    Row("whoami", 32, workers=2, targets=(Target("ratio", 0.45, 0.75), _READ_P99)),
    Row("whoami+30policies", 32),
    Row("whoami+30policies", 32, workers=2),
    Row("get_activity", 1),
    Row("get_activity", 32),
    Row("get_activity", 32, workers=2),
    Row("get_activity+30policies", 32),
    Row("get_activity+30policies", 32, workers=2),
    Row("list_activities", 1),
    Row("list_activities", 32),
    Row("list_activities", 32, workers=2),
    Row("list_activities+30policies", 32),
    Row("list_activities+30policies", 32, workers=2),
)

_WRITES = (
    Row("create_api_keys", 1, targets=(Target("p50_ms", 2.5, 1.0),)),
    Row("create_api_keys", 32, targets=(Target("ratio", 0.15, 0.30), _WRITE_P99)),
    Row("create_api_keys", 32, variant=NO_LOGS),
    Row("create_api_keys", 32, variant=NO_LEDGER),
    Row("create_api_keys", 1, workers=2),
    Row("create_api_keys", 32, workers=2, targets=(_WRITE_P99,)),
    Row("create_api_keys+30policies", 1),
    Row("create_api_keys+30policies", 32),
    Row("create_api_keys+30policies", 32, workers=2),
    Row("create_api_keys+100policies", 1, targets=(Target("added_p50_ms", 0.5, 0.3),), beside="create_api_keys"),
    Row("create_api_keys+100policies", 32, beside="create_api_keys"),
    Row("create_read_write_session", 1),
    Row("create_read_write_session", 32, targets=(Target("ratio", 0.10, 0.16), _WRITE_P99)),
    Row("create_read_write_session", 32, workers=2, targets=(_WRITE_P99,)),
    Row("create_read_write_session+eviction", 32),
    Row("create_read_write_session+30policies", 32),
    Row("create_read_write_session+30policies", 32, workers=2),
)

_WALLETS = (
    Row("sign_raw_payload", 32, targets=(Target("ratio", 0.15, 0.25), _WRITE_P99)),
    Row("sign_transaction+10policies", 32, targets=(Target("ratio", 0.12, 0.20), _WRITE_P99)),
    Row("create_wallet", 32),
)

_ON_POSTGRES = (
    Row("whoami", 32, POSTGRES),
    Row("whoami", 32, POSTGRES, workers=2, targets=(Target("ratio", 0.40, 0.75), Target("p99_ms", 40, 15))),
    Row("create_api_keys", 32, POSTGRES, variant=NO_LEDGER),
    Row("create_api_keys", 32, POSTGRES, targets=(Target("ratio", 0.12, 0.25), _WRITE_P99)),
    Row("create_api_keys", 32, POSTGRES, workers=2, targets=(Target("ratio", 0.12, 0.25), _WRITE_P99)),
    Row("create_read_write_session", 32, POSTGRES, targets=(_WRITE_P99,)),
    Row("create_read_write_session", 32, POSTGRES, workers=2, targets=(_WRITE_P99,)),
)

ROWS = (*_READS, *_WRITES, *_WALLETS, *_ON_POSTGRES)

COLD_START = "cold_start/100policies/sqlite"
"""An organization of 100 policies, from its rows to the first decision."""

START = "start_to_ready/empty/sqlite/1w"
"""A new server, from the start of its process to the line that says that it is ready."""

TARGETS = {row.name: row.targets for row in ROWS} | {
    COLD_START: (Target("p50_ms", 50, 30),),
    START: (Target("p50_ms", 1500, 500),),
}
