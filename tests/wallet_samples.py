"""Wallets and keys as requests ask for them, and the requests that make them."""

from __future__ import annotations

from typing import Any

from composed import Actor, ComposedServer

ETHEREUM = {
    "curve": "CURVE_SECP256K1",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/60'/0'/0/0",
    "addressFormat": "ADDRESS_FORMAT_ETHEREUM",
}
SOLANA = {
    "curve": "CURVE_ED25519",
    "pathFormat": "PATH_FORMAT_BIP32",
    "path": "m/44'/501'/0'/0'",
    "addressFormat": "ADDRESS_FORMAT_SOLANA",
}


def ethereum(index: int) -> dict[str, str]:
    """The Ethereum account of this index."""
    return ETHEREUM | {"path": f"m/44'/60'/0'/0/{index}"}


def key(name: str, *formats: str, curve: str = "CURVE_SECP256K1", tags: tuple[str, ...] = ()) -> dict[str, Any]:
    """A private key that is to be made; ``formats`` go without ``ADDRESS_FORMAT_``."""
    return {
        "privateKeyName": name,
        "curve": curve,
        "privateKeyTags": [*tags],
        "addressFormats": [f"ADDRESS_FORMAT_{each}" for each in formats],
    }


async def make_wallet(
    server: ComposedServer, name: str, *accounts: dict[str, str], by: Actor | None = None
) -> dict[str, Any]:
    """``walletId`` and ``addresses`` of a new wallet."""
    parameters = {"walletName": name, "accounts": [*accounts]}
    result: dict[str, Any] = (await server.submit("CREATE_WALLET", parameters, by=by)).result
    return result


async def make_keys(server: ComposedServer, *keys: dict[str, Any], by: Actor | None = None) -> list[str]:
    """The ids of new private keys."""
    result = (await server.submit("CREATE_PRIVATE_KEYS_V2", {"privateKeys": [*keys]}, by=by)).result
    return [each["privateKeyId"] for each in result["privateKeys"]]


async def accounts_of(server: ComposedServer, **asked: Any) -> list[dict[str, Any]]:
    """A page of accounts, as many as a page can have."""
    asked = {"paginationOptions": {"limit": "100"}} | asked
    found: list[dict[str, Any]] = (await server.query("list_wallet_accounts", **asked)).json["accounts"]
    return found
