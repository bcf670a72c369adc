"""Where the root key rests while the server is down."""

from __future__ import annotations

from typing import Protocol

from counterseal.keystore.keys import RootKey


class Seal(Protocol):
    """Keeps one root key. Every implementation passes the same contract test-suite."""

    @property
    def name(self) -> str:
        """How operators call this kind of seal: ``file``, ``passphrase``."""
        ...

    def create(self, root_key: RootKey) -> None:
        """Keep ``root_key``, durably. Raises `SealError` if this place holds one already, or cannot hold any."""
        ...

    def unseal(self) -> RootKey:
        """The root key kept here. Raises `SealError`, saying what to do, if there is none or it does not open."""
        ...
