"""What policies see of wallets and their accounts, whatever is done with them.

Source: Turnkey docs, policy language (``Wallet``, ``WalletAccount``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterseal.crypto import paths
from counterseal.organizations import Wallet, WalletAccount


def wallet_facts(wallet: Wallet) -> dict[str, Any]:
    """The struct ``Wallet``."""
    return {"id": wallet.id, "imported": wallet.imported, "exported": wallet.exported, "label": wallet.name}


def account_facts(account: WalletAccount, *, with_path: bool = False) -> dict[str, Any]:
    """The struct ``WalletAccount``; its path is shown where the account is exported only."""
    facts: dict[str, Any] = {"address": account.address}
    if with_path:
        levels = paths.parse(account.path)
        facts["path_indexes"] = [level & ~paths.HARDENED for level in levels]
        facts["path_hardened"] = [level >= paths.HARDENED for level in levels]
    return facts


def facts_of_wallets(wallets: Sequence[Wallet]) -> dict[str, Any]:
    """Keywords of a request that names wallets: ``wallets`` are all of them, ``wallet`` is one that is alone."""
    facts: dict[str, Any] = {"wallets": [wallet_facts(each) for each in wallets]}
    if len(wallets) == 1:
        facts["wallet"] = wallet_facts(wallets[0])
    return facts
