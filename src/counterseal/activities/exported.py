"""What has been exported once counts as exported for ever: see ``deletion``."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.organizations import PrivateKey, Put, Wallet, WalletAccount
from counterseal.world import World


def now_exported(row: PrivateKey | Wallet | WalletAccount, world: World) -> tuple[Put, ...]:
    """What changes about it: nothing if it has been exported before."""
    return () if row.exported else (Put(row=replace(row, exported=True, updated_ms=world.now_ms), replaces=row),)
