"""The wallet that a request names."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.organizations import View, Wallet
from counterseal.store import RowKey


def by_id(wallet_id: str) -> RowKey:
    """What asks for a wallet. Raises InvalidRequest for an id that is no UUID."""
    return RowKey(kind=Wallet, value=uuid(wallet_id, "walletId"))


def the_wallet(wallet_id: str, view: View) -> Wallet:
    """The wallet that ``by_id`` has asked for. Raises NotFound."""
    found: tuple[Wallet, ...] = view.rows[by_id(wallet_id)]
    if not found:
        raise NotFound(f"unable to find wallet {wallet_id} in organization {view.organization.id}")
    return found[0]
