"""Every setting of the server, with its environment variable and its default."""

from __future__ import annotations

from pathlib import Path

import msgspec

from counterseal.organizations import STRICT, SigningRules
from counterseal.store.postgres import DatabaseUrl


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``passphrase`` unseals a store sealed with one, ``database`` is a PostgreSQL that holds the store; ``repr`` shows
    neither.

    The limits of requests a second are off while they are None. ``trusted_proxies`` are networks (CIDR) whose
    X-Forwarded-For names the client. Without ``ip_allowlists`` nobody is asked where a request comes from.
    ``cors_origins`` are origins whose pages may read replies, or ``*`` alone. ``signing`` is what may be signed beyond
    what is safe. The last checkpoint of the ledger is kept in ``ledger_checkpoint_file``, else in the data directory.
    Without ``proofs`` nobody is given any.
    """

    data: Path
    database: DatabaseUrl | None = None
    passphrase: str | None = None
    connections_max: int = 800
    connections_per_address_max: int = 200
    held_request_bytes_max: int = 64 * 1024 * 1024
    held_reply_bytes_max: int = 64 * 1024 * 1024
    head_bytes_max: int = 16 * 1024
    head_seconds_max: float = 10.0
    idle_seconds_max: float = 75.0
    reply_seconds_max: float = 30.0
    body_bytes_max: int = 1024 * 1024
    body_seconds_max: float = 30.0
    requests_per_second: int | None = None
    sub_organization_requests_per_second: int | None = None
    trusted_proxies: tuple[str, ...] | None = None
    ip_allowlists: bool = True
    cors_origins: tuple[str, ...] = ("*",)
    snapshot_cache_bytes_max: int = 128 * 1024 * 1024
    log_level: str = "info"
    metrics: bool = True
    ledger: bool = True
    ledger_checkpoint_file: Path | None = None
    proofs: bool = True
    signing: SigningRules = STRICT

    def __repr__(self) -> str:
        return f"Settings(data={str(self.data)!r})"

    def of_each(self, workers: int) -> Settings:
        """The settings of each process that serves: what is bounded for the whole server is shared out evenly.

        However many they are, each may have one connection of an address, and hold one body of the largest size.
        """
        return msgspec.structs.replace(
            self,
            connections_max=max(self.connections_max // workers, 1),
            connections_per_address_max=max(self.connections_per_address_max // workers, 1),
            held_request_bytes_max=max(self.held_request_bytes_max // workers, 2 * self.body_bytes_max),
            held_reply_bytes_max=self.held_reply_bytes_max // workers,
        )
