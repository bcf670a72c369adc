"""The wallet that a query names."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.organizations import Wallet
from counterseal.queries.registry import QueryContext


async def the_wallet(given: str, context: QueryContext) -> Wallet:
    """The wallet of this id. Raises InvalidRequest for an id that is no UUID, NotFound."""
    wallet_id = uuid(given, "walletId")
    wallet = await context.reader.row(Wallet, wallet_id)
    if wallet is None:
        raise NotFound(f"unable to find wallet {wallet_id} in organization {context.organization.id}")
    return wallet
