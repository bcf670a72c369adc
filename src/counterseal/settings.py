"""Every setting of the server, with its environment variable and its default."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``passphrase`` unseals a store sealed with one; it is not shown by ``repr``.

    The limits of requests a second are off while they are None. ``trusted_proxies`` are networks (CIDR) whose
    X-Forwarded-For names the client. ``cors_origins`` are origins whose pages may read replies, or ``*`` alone.
    """

    data: Path
    passphrase: str | None = None
    connections_max: int = 800
    head_bytes_max: int = 16 * 1024
    head_seconds_max: float = 10.0
    idle_seconds_max: float = 75.0
    reply_seconds_max: float = 30.0
    body_bytes_max: int = 1024 * 1024
    body_seconds_max: float = 30.0
    requests_per_second: int | None = None
    sub_organization_requests_per_second: int | None = None
    trusted_proxies: tuple[str, ...] | None = None
    cors_origins: tuple[str, ...] = ("*",)
    snapshot_cache_bytes_max: int = 128 * 1024 * 1024
    log_level: str = "info"
    metrics: bool = True

    def __repr__(self) -> str:
        return f"Settings(data={str(self.data)!r})"
