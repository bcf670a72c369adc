"""Every setting of the server, with its environment variable and its default."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``passphrase`` unseals a store sealed with one; it is not shown by ``repr``."""

    data: Path
    passphrase: str | None = None
    body_bytes_max: int = 1024 * 1024
    body_seconds_max: float = 30.0
    snapshot_cache_bytes_max: int = 128 * 1024 * 1024

    def __repr__(self) -> str:
        return f"Settings(data={str(self.data)!r})"
